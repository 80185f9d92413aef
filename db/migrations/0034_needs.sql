-- What firings are looked for by: the words of the record and of what set it off, and of what became of a step, in small letters.
alter table firing add column words text not null default '';
alter table firing_entry add column words text not null default '';
update firing set words = lower(title || ' ' || record || ' ' || data);
update firing_entry set words = lower(body);

-- The list of an automation's firings and of all, with how many stand in each state; and what waits for a person.
drop index firing_list;
create index firing_list on firing (workspace_id, automation, fired_at, id, state);
create index firing_all on firing (workspace_id, fired_at, id, state, automation);
create index firing_parked on firing (workspace_id, automation, reason) where state = 'parked';
