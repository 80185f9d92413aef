-- What happened to one pair of records: the lines of all runs' logs, what hangs on it, what people decided, what gave way.
create index run_entry_link on run_entry (link, workspace_id, at, run, id) where link <> '' and not planned;
create index conflict_link on conflict (link, workspace_id, id);
create index conflict_run on conflict (run, workspace_id, id);
create index person_order_of on person_order (link, workspace_id, given_at) where link <> '';
