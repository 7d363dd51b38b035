-- What is to be mailed is a row beside the notice that no login of the pages reaches: whoever may mark a notice as read
-- may also hold it, and the worker passes over what is held.

alter table notice_mail enable row level security;
drop policy if exists notice_mail_for_the_clock on notice_mail;
create policy notice_mail_for_the_clock on notice_mail for select to hk_clock using (true);
drop policy if exists notice_mail_mailed on notice_mail;
create policy notice_mail_mailed on notice_mail for update to hk_clock
  using ((select worker_here())) with check ((select worker_here()));
grant select, update (mailed_at) on notice_mail to hk_clock;

-- Where it stood before; the column is written no more.
drop policy if exists notice_mailed on notice;
revoke update (mailed_at) on notice from hk_clock;

create or replace function notice_is_to_be_mailed() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  insert into public.notice_mail (notice_id) values (new.id);
  return null;
end $$;
create or replace trigger notice_is_to_be_mailed after insert on notice
  for each row when (new.by_mail) execute function notice_is_to_be_mailed();
