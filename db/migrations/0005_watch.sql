-- How far a run has come, for those who watch it, and how many records the reading under way has shown.
alter table run add column progress text not null default '';
alter table cursor add column shown bigint not null default 0;

-- What lists of runs are filtered by, kept beside the documents that say the same.
alter table run add column dry boolean not null default false;
alter table run add column touched bigint not null default 0;
alter table run add column asked bigint not null default 0;
alter table run add column failed bigint not null default 0;
create index run_open on run (workspace_id, flow) where not over;
create index run_quiet on run (workspace_id, started_at, flow) where quiet;
create index run_entry_result on run_entry (workspace_id, run, result, id);
-- Nearly all lines of the inbox have no problem.
create index inbox_problem on inbox (workspace_id, pair, problem) where problem <> '';

-- What the runs of a flow did, hour by hour. at is the beginning of the hour.
create table run_hour (
  workspace_id text not null,
  at           bigint not null,
  flow         text not null,
  pair         text not null,
  created      bigint not null,
  updated      bigint not null,
  failed       bigint not null,
  calls_a      bigint not null,
  calls_b      bigint not null,
  primary key (workspace_id, at, flow, pair)
) /* sqlite: without rowid */;
