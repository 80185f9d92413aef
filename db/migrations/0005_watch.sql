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

-- What the fields of a run's map are called, per key and side.
alter table run add column labels text not null default '';

-- Which sides a line of the log wrote to, or would (1 is a, 2 is b, 3 both), and whether it waits for a person.
alter table run_entry add column sides bigint not null default 0;
alter table run_entry add column need boolean not null default false;

-- Which fields a dry run would change in records that exist, for counting and for finding them. A run that writes has none.
create table plan_field (
  workspace_id text not null,
  run          text not null,
  side         bigint not null,
  field        text not null,
  entry        text not null,
  primary key (workspace_id, run, side, field, entry)
) /* sqlite: without rowid */;
