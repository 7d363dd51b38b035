-- Parts of a case that the present continuity key does not open: keys that I open myself, and that have no wrap for it.
-- Only what a member may read of a case of her own organisation; the web process seals them on when she opens it.
create or replace function older_wraps(p_case uuid)
  returns table (section_key_id uuid, section_code text, epoch int, tag bytea, seal bytea)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
  v_key uuid := (select b.id from public.body_key b
                  where b.organisation_id = v_org and b.kind_code = 'continuity' and b.ended_at is null
                  order by b.key_no desc limit 1);
begin
  if v_key is null or not exists (select 1 from public."case" c where c.id = p_case and c.organisation_id = v_org) then
    return;
  end if;
  return query
    select k.id, k.section_code::text, k.epoch, k.tag, w.seal
      from public.section_key k
      join public.section_wrap w on w.section_key_id = k.id and w.recipient_key_id = any (public.my_keys())
     where k.case_id = p_case and k.section_code::text = any (public.my_sections(p_case))
       and not exists (select 1 from public.section_wrap x where x.section_key_id = k.id and x.recipient_key_id = v_key)
     order by k.section_code, k.epoch;
end $$;

-- For `status`, a number: organisations whose continuity key is missing, or not locked for each two of those who hold keys
-- today; and of cases with a part that lies under an older one. No name, no id.
create or replace function continuity_due(out due int, out cases int)
  language plpgsql stable security definer set search_path = '' as $$
begin
  with holders as (
    select o.id as org, public.key_holders(o.id) as keys from public.organisation o
     where o.is_active and exists (select 1 from public.membership m where m.organisation_id = o.id and m.ended_at is null)
  ), present as (
    select h.org, h.keys, b.id as key from holders h
      left join public.body_key b on b.organisation_id = h.org and b.kind_code = 'continuity' and b.ended_at is null
  )
  select count(*) into due from present p
   where p.key is null or cardinality(p.keys) < 2
      or exists (select 1 from unnest(p.keys) a cross join unnest(p.keys) b where a <> b and not exists (
           select 1 from public.body_key_wrap w
            where w.body_key_id = p.key and w.recipient_key_id = a and w.inner_key_id = b))
      or exists (select 1 from public.body_key_wrap w where w.body_key_id = p.key and w.inner_key_id is not null
                  and not (w.recipient_key_id = any (p.keys) and w.inner_key_id = any (p.keys)));
  select count(*) into cases from public."case" c
   where exists (select 1 from public.body_key b where b.organisation_id = c.organisation_id
                  and b.kind_code = 'continuity' and b.ended_at is null)
     and exists (select 1 from public.section_key k where k.case_id = c.id and not exists (
           select 1 from public.section_wrap w join public.body_key b on b.id = w.recipient_key_id
            where w.section_key_id = k.id and b.organisation_id = c.organisation_id and b.ended_at is null));
end $$;

grant execute on function older_wraps(uuid) to hk_app;
grant execute on function continuity_due() to hk_clock;
