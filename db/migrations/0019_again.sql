-- When all records of a pair were first put into the inbox, whatever starts afresh since.
alter table pair add column first_at bigint not null default 0;
update pair set first_at = seeded_at;

-- The last complete reading of which it was said whether too many records came or went, and how many nobody knew since.
alter table cursor add column came bigint not null default 0;
alter table cursor add column judged bigint not null default 0;
update cursor set judged = generation;
