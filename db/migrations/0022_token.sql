-- A token lets a program use the API in place of the member who made it. Only its hash is kept, and it goes with the member.
create table token (
  workspace_id text not null,
  id           text not null,
  hash         text not null unique,
  name         text not null,
  role         text not null,
  made_by      text not null,
  created_at   bigint not null,
  -- When it ends by itself, and when it was last used, to the minute; 0 for never.
  ends_at      bigint not null,
  used_at      bigint not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, made_by) references member (workspace_id, user_id) on delete cascade
);
