-- What a person has a system say with a call that counts for itself.
alter table watch_hint add column extra text not null default '';
