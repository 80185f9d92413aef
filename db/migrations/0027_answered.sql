-- When a record itself last answered us, which a list may be behind.
alter table mirror add column answered_at bigint not null default 0;
