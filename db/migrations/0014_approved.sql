-- The dry run that a person approved is kept until it is carried out: its lines are what may be written. beyond counts the
-- writes that went beyond them so far.
alter table run add column kept boolean not null default false;
alter table run add column beyond bigint not null default 0;
create index run_kept on run (workspace_id, flow) where kept;
-- What a dry run foretold is found by its records.
create index run_entry_planned_a on run_entry (a_id, run, workspace_id) where planned;
create index run_entry_planned_b on run_entry (b_id, run, workspace_id) where planned;

-- What would be written to a record that waits because nobody approved that.
alter table review add column plan text not null default '';
create index review_plan on review (workspace_id, pair) where plan <> '';
