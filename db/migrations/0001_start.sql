-- Every row says which workspace it belongs to, and every key holds it: two workspaces cannot meet in one row. Where a
-- key begins with another column, that column is the one that tells rows apart best: before PostgreSQL has counted a new
-- table, it would else take the workspace for enough and read all of it.
-- Times are unix milliseconds, 0 is never. Documents are JSON. One text for SQLite and PostgreSQL.
-- "sqlite: without rowid" keeps a table of short rows in its key alone there, which halves the cost of a row.
-- Tables that a sync writes for each record have no foreign keys; they hang on ids that are never used twice.

create table workspace (
  id         text primary key,
  name       text not null unique,
  created_at bigint not null
);

-- A person has one password and may be a member of several workspaces.
create table app_user (
  id            text primary key,
  email         text not null unique,
  password_hash text not null,
  created_at    bigint not null
);

create table member (
  workspace_id text not null references workspace (id),
  user_id      text not null references app_user (id),
  role         text not null,
  created_at   bigint not null,
  primary key (workspace_id, user_id)
);

create table setting (
  workspace_id text not null references workspace (id),
  name         text not null,
  value        text not null,
  primary key (workspace_id, name)
);

-- What we are connected to --------------------------------------------------------------------------------------------

create table connection (
  workspace_id text not null references workspace (id),
  id           text not null,
  name         text not null,
  system       text not null,
  auth_kind    text not null,
  params       text not null,
  base_url     text not null,
  per_second   double precision not null,
  account_id   text not null,
  identity     text not null,
  epoch        bigint not null,
  state        text not null,
  problem      text not null,
  checked_at   bigint not null,
  created_at   bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, name)
);
-- A webhook names an account and nothing else.
create index connection_account on connection (system, account_id);

create table secret (
  workspace_id text not null,
  connection   text not null,
  kind         text not null,
  sealed       bytea not null,
  stored_at    bigint not null,
  primary key (workspace_id, connection, kind),
  foreign key (workspace_id, connection) references connection (workspace_id, id) on delete cascade
);

-- What a person wants -------------------------------------------------------------------------------------------------

create table flow (
  workspace_id text not null references workspace (id),
  id           text not null,
  name         text not null,
  object       text not null,
  conn_a       text not null,
  conn_b       text not null,
  enabled      boolean not null,
  version      bigint not null,
  body         text not null,
  approval     text not null,
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, name)
);

create table flow_version (
  workspace_id text not null,
  flow         text not null,
  version      bigint not null,
  body         text not null,
  saved_at     bigint not null,
  primary key (workspace_id, flow, version),
  foreign key (workspace_id, flow) references flow (workspace_id, id) on delete cascade
);

-- When a flow is to look again: at next_at by its schedule (0: not planned yet), or at due_at because of a webhook.
create table flow_state (
  workspace_id text not null,
  flow         text not null,
  next_at      bigint not null,
  due_at       bigint not null,
  last_run     text not null,
  primary key (workspace_id, flow),
  foreign key (workspace_id, flow) references flow (workspace_id, id) on delete cascade
);

-- What was seen -------------------------------------------------------------------------------------------------------

create table cursor (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  mode         text not null,
  page         text not null,
  began_at     bigint not null,
  clock_at     bigint not null,
  clean        boolean not null,
  watermark    bigint not null,
  generation   bigint not null,
  gen_began_at bigint not null,
  fields       text not null,
  total        bigint not null,
  primary key (workspace_id, conn, object)
);

create table mirror (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  id           text not null,
  parent       text not null,
  fields       text not null,
  missing      text not null,
  version      text not null,
  keys         text not null,
  stamp        text not null,
  created_at   bigint not null,
  first_at     bigint not null,
  seen_at      bigint not null,
  changed_at   bigint not null,
  gen          bigint not null,
  suspect_at   bigint not null,
  gone_at      bigint not null,
  primary key (workspace_id, conn, object, id)
);
create index mirror_stamp on mirror (stamp, object, conn, workspace_id) where stamp <> '';

-- The match keys of live records, and of no others.
create table mirror_key (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  kind         text not null,
  value        text not null,
  id           text not null,
  primary key (value, kind, object, conn, workspace_id, id)
) /* sqlite: without rowid */;

create table capability (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  field        text not null,
  verb         text not null,
  ignored      bigint not null,
  refused      boolean not null,
  max_len      bigint not null,
  evidence     text not null,
  learned_at   bigint not null,
  primary key (workspace_id, conn, object, field, verb)
);

-- Evidence of webhooks: that they came and what they were about, never what they said.
create table event (
  workspace_id text not null,
  conn         text not null,
  webhook_id   text not null,
  type         text not null,
  sent_at      bigint not null,
  received_at  bigint not null,
  ext_ids      text not null,
  primary key (workspace_id, conn, webhook_id)
);
create index event_age on event (workspace_id, received_at);

-- What was agreed -----------------------------------------------------------------------------------------------------

create table pair (
  workspace_id text not null,
  id           text not null,
  conn_a       text not null,
  conn_b       text not null,
  object       text not null,
  seeded_at    bigint not null,
  settled_at   bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, conn_a, conn_b, object)
);

create table lease (
  workspace_id text not null,
  name         text not null,
  owner        text not null,
  fence        bigint not null,
  beat_at      bigint not null,
  primary key (workspace_id, name)
);

create table inbox (
  workspace_id text not null,
  pair         text not null,
  side         bigint not null,
  id           text not null,
  parent       text not null,
  reason       text not null,
  hint_at      bigint not null,
  due_at       bigint not null,
  seq          bigint not null,
  attempts     bigint not null,
  problem      text not null,
  primary key (workspace_id, pair, side, id)
) /* sqlite: without rowid */;

-- base holds, per rule, what each side showed at the last agreement. It lies in the link's own row, because both are
-- written together.
create table link (
  workspace_id text not null,
  id           text not null,
  pair         text not null,
  a_id         text not null,
  b_id         text not null,
  state        text not null,
  made         text not null,
  run          text not null,
  made_at      bigint not null,
  base         text not null,
  primary key (workspace_id, id)
);
-- A record has at most one live partner.
create unique index link_a on link (workspace_id, pair, a_id) where state in ('on', 'one_gone');
create unique index link_b on link (b_id, pair, workspace_id) where state in ('on', 'one_gone');
-- For counting. It must be of no use to a look-up by id, or SQLite takes it for one.
create index link_on on link (workspace_id, pair) where state = 'on';

create table intent (
  workspace_id text not null,
  id           text not null,
  pair         text not null,
  side         bigint not null,
  source       text not null,
  stamp        text not null,
  run          text not null,
  state        text not null,
  sent_at      bigint not null,
  refusals     bigint not null,
  problem      text not null,
  primary key (workspace_id, id)
);
create index intent_source on intent (source, side, pair, workspace_id);

create table review (
  workspace_id text not null,
  pair         text not null,
  side         bigint not null,
  id           text not null,
  reason       text not null,
  candidates   text not null,
  twins        text not null,
  opened_at    bigint not null,
  primary key (workspace_id, pair, side, id)
);

create table conflict (
  workspace_id text not null,
  id           text not null,
  pair         text not null,
  link         text not null,
  field        text not null,
  open         boolean not null,
  rule         text not null,
  lost         bigint not null,
  a_value      text not null,
  b_value      text not null,
  run          text not null,
  opened_at    bigint not null,
  settled_at   bigint not null,
  primary key (workspace_id, id)
);
create unique index conflict_open on conflict (workspace_id, link, field) where open;
create index conflict_age on conflict (workspace_id, settled_at) where not open;

-- The id of a record that is gone counts for ever, its keys for a while.
create table tombstone (
  workspace_id text not null,
  pair         text not null,
  side         bigint not null,
  id           text not null,
  reason       text not null,
  keys_until   bigint not null,
  primary key (workspace_id, pair, side, id)
);

create table tombstone_key (
  workspace_id text not null,
  pair         text not null,
  side         bigint not null,
  hash         text not null,
  id           text not null,
  keys_until   bigint not null,
  primary key (workspace_id, pair, side, hash, id)
);

-- What was done -------------------------------------------------------------------------------------------------------

create table run (
  workspace_id text not null,
  id           text not null,
  flow         text not null,
  flow_name    text not null,
  pair         text not null,
  version      bigint not null,
  cause        text not null,
  status       text not null,
  over         boolean not null,
  quiet        boolean not null,
  cancel       boolean not null,
  marks        text not null,
  counts       text not null,
  note         text not null,
  owner        text not null,
  started_at   bigint not null,
  finished_at  bigint not null,
  beat_at      bigint not null,
  primary key (workspace_id, id)
);
create index run_flow on run (workspace_id, flow, started_at, id);
create index run_age on run (workspace_id, started_at, id);
create index run_alive on run (beat_at) where not over;

create table run_entry (
  workspace_id text not null,
  run          text not null,
  at           bigint not null,
  id           text not null,
  link         text not null,
  a_id         text not null,
  b_id         text not null,
  result       text not null,
  written      bigint not null,
  reason       text not null,
  fields       text not null,
  calls        text not null,
  planned      boolean not null,
  primary key (workspace_id, run, id)
);

create table call_count (
  workspace_id text not null,
  run          text not null,
  side         bigint not null,
  method       text not null,
  path         text not null,
  status       bigint not null,
  n            bigint not null,
  primary key (workspace_id, run, side, method, path, status)
);
