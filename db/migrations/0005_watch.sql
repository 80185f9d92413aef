-- How far a run has come, for those who watch it, and how many records the reading under way has shown.
alter table run add column progress text not null default '';
alter table cursor add column shown bigint not null default 0;
