-- The run that a run takes back, or looks at to take it back; '' of all others.
alter table run add column undoes text not null default '';
create index run_undoes on run (workspace_id, undoes, started_at) where undoes <> '';
