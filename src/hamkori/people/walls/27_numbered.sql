-- What has got a later number than its first, for the start of the pages: a crash between a commit and its mark has left
-- the mark behind. It shows names of every organisation, so it asks for a proof: no statement slipped into a page has one.
drop function if exists numbered_rows(bigint, bytea);
create function numbered_rows(p_at bigint, p_proof bytea)
  returns table (kind text, said jsonb, tag bytea, by_clock boolean)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'numbered_rows', 'all') then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  return query
    select 'post', jsonb_build_array(m.id, m.serial, m.user_id, m.organisation_id, u.name, m.function_code,
                                     (select coalesce(jsonb_agg(r.role_code), '[]') from public.role_held r
                                       where r.membership_id = m.id and r.ended_at is null), m.supervisor_id), m.tag, false
      from public.membership m join public.app_user u on u.id = m.user_id
     where m.serial > 1 and m.tag <> '' and m.ended_at is null and m.suspended_at is null
    union all
    select 'org', jsonb_build_array(o.id, o.version, o.slug, o.name_en, o.name_tg, o.name_ru, o.name_fr, o.kind_code,
                                    o.compartment_code, o.has_desk), o.tag, false
      from public.organisation o where o.version > 1 and o.tag <> ''
    union all
    select 'key', jsonb_build_array(k.user_id, k.key_no, encode(k.public, 'hex')), k.tag, false
      from public.person_key k where k.key_no > 1 and k.ended_at is null
    union all
    select 'bodykey', jsonb_build_array(b.organisation_id, b.kind_code, b.key_no, encode(b.public, 'hex')), b.tag, false
      from public.body_key b where b.key_no > 1 and b.ended_at is null
    union all
    select 'request', jsonb_build_array(t.id, t.act_code, t.organisation_id, t.subject_ids, t.asked_by_id, m.user_id,
                                        t.expires_at), t.tag,
           t.state_code = 'expired' and t.decided_by_id is null
      from public.two_person t join public.membership m on m.id = t.asked_by_id where t.state_code <> 'asked'
    union all
    select 'ended', jsonb_build_array('post', replace(m.id::text, '-', ''), m.serial), ''::bytea, false
      from public.membership m where m.ended_at is not null or m.suspended_at is not null
    union all
    select 'ended', jsonb_build_array('invite', encode(i.token_hash, 'hex'), 2), ''::bytea, false
      from public.invitation i where i.used_at is not null
    union all
    select 'factor', jsonb_build_array(a.user_id, a.type, a.data), ''::bytea, false
      from public.mfa_authenticator a where coalesce(a.data ->> 'secret', a.data ->> 'seed', '') !~ '^(totp|codes)[.]1[.]';
end $$;

grant execute on function numbered_rows(bigint, bytea) to hk_app;
