-- When a person last said that the records of an account which are gone were really deleted.
alter table pair add column deleted_at bigint not null default 0;
