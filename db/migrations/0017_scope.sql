-- The scope of the flow that all records of a pair were last looked at for.
alter table pair add column scope text not null default '';
