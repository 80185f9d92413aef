-- The change stamp that a record had when a run made it: an undo deletes it only while it still has that one.
alter table run_entry add column version text not null default '';
