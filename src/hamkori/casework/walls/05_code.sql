-- Codes of cases and referrals. They are drawn here, so that nobody who writes brings one and learns whether it is taken.

-- Seven digits with their check digit (vocabulary/codes.py says the same; H. M. Damm, 2004).
create or replace function code_of(p_digits text) returns text
  language plpgsql immutable security definer set search_path = '' as $$
declare
  v_rows text[] := array['0317598642', '7092154863', '4206871359', '1750983426', '6123045978',
                         '3674209581', '5869720134', '8945362017', '9438617205', '2581436790'];
  v_check integer := 0;
  v_digit text;
begin
  foreach v_digit in array regexp_split_to_array(p_digits, '') loop
    v_check := substr(v_rows[v_check + 1], v_digit::integer + 1, 1)::integer;
  end loop;
  return p_digits || v_check;
end $$;

-- One at random, taken or not: who calls it inserts with `on conflict (code) do nothing` and draws again, at most eight times.
-- With a million cases one draw in ten hits a taken code; eight in a row do not. 56 bits of the system's own randomness.
create or replace function code_draw() returns text
  language plpgsql volatile security definer set search_path = '' as $$
begin
  return public.code_of(lpad(
    (('x' || right(replace(gen_random_uuid()::text, '-', ''), 14))::bit(56)::bigint % 10000000)::text, 7, '0'));
end $$;

create or replace function code_drawn_again(p_draws integer) returns integer
  language plpgsql immutable security definer set search_path = '' as $$
begin
  if p_draws >= 8 then raise exception 'eight codes in a row were taken' using errcode = '54000'; end if;
  return p_draws + 1;
end $$;
