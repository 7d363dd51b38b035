-- Her word against a request that somebody holds by a step or by SQL of his own. It is a row of its own, tied to the request by
-- its id alone: a foreign key, or a key that two could want, would wait for him. Written, it is as if the request had ended:
-- every wall asks it. The clock takes the step when the request is free (50_clock.sql), and the row goes with the packet.

alter table referral_word enable row level security;

-- That it stands, for whoever sees the request, as long as that is open; afterwards it would tell her word from a recall.
drop policy if exists referral_word_as_referral on referral_word;
create policy referral_word_as_referral on referral_word for select to hk_app using (
  exists (select 1 from referral r where r.id = referral_word.referral_id and r.state_code in ('sent', 'accepted', 'serving')));
grant select (referral_id) on referral_word to hk_app;

create or replace function referral_said_no(p_referral uuid) returns boolean
  language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.referral_word w where w.referral_id = p_referral)
$$;

-- For whoever may take the step "withdraw" now: nothing that she could not end herself. Locks nothing. False: it has ended.
create or replace function referral_word_put(p_referral uuid, p_how_said text) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_side text;
begin
  if v_sides = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if coalesce(p_how_said, '-') !~ '^[a-z_]{1,20}$' then raise exception 'how_said' using errcode = 'HK409'; end if;
  select l.side_code into v_side
    from public.referral r
    join public.lifecycle_row l on l.machine_code = 'referral' and l.step_code = 'withdraw' and l.from_code = r.state_code
   where r.id = p_referral and l.side_code = any (v_sides) order by l.position limit 1;
  if not found then return false; end if;
  if not public.referral_said_no(p_referral) then
    insert into public.referral_word (id, referral_id, side_code, how_said_code, membership_id, at)
    values (gen_random_uuid(), p_referral, v_side, p_how_said, public.me(), public.hk_now());
  end if;
  return true;
end $$;

grant execute on function referral_word_put(uuid, text) to hk_app;
