-- What backups read: every table and sequence, but not what a dump must not hold (src/hamkori/site/database/left_out.py says why of
-- each). Last of all walls, when everything is there. `pg_read_all_data` would read what is left out too, and the
-- passwords' verifiers.

revoke all on all tables in schema public from hk_backup;
revoke all on all sequences in schema public from hk_backup;
revoke all on all functions in schema public from hk_backup;
grant select on all tables in schema public to hk_backup;
grant select on all sequences in schema public to hk_backup;
revoke select on session_proof, typed, vault_session from hk_backup;
