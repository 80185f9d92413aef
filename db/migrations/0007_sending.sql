-- Updates that have left, or are about to, and whose outcome is not stored yet: one for each link. body says what was sent,
-- from which values, and what was there before.
create table sending (
  workspace_id text not null,
  link         text not null,
  pair         text not null,
  run          text not null,
  sent_at      bigint not null,
  body         text not null,
  primary key (workspace_id, link)
);
