-- How often fields of a pair that were paused were used again since all its records were last put into the inbox.
alter table pair add column again bigint not null default 0;
