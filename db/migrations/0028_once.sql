-- Requests of programs that carry a key, so that the same one sent again is answered as before and not carried out again. A status
-- of 0 says that it is being carried out.
create table once (
  workspace_id text not null,
  token        text not null,
  key          text not null,
  hash         text not null,
  began_at     bigint not null,
  status       bigint not null,
  type         text not null,
  location     text not null,
  body         text not null,
  primary key (workspace_id, token, key),
  foreign key (workspace_id, token) references token (workspace_id, id) on delete cascade
);
create index once_began on once (workspace_id, began_at);
