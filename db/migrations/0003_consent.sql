-- Consent, apps and tokens of connections. What is secret is sealed; nothing here can open it.

-- The client that a workspace has registered with a system. sealed holds its secret.
create table app (
  workspace_id text not null references workspace (id),
  system       text not null,
  body         text not null,
  sealed       bytea not null,
  saved_at     bigint not null,
  primary key (workspace_id, system)
);

-- A person who was sent away to agree (away), came back (taken), and is asked whether that is the account that was meant
-- (back). It is gone after ten minutes. sealed holds the proof key, then the tokens. state and session are hashes.
create table consent (
  workspace_id text not null references workspace (id),
  id           text not null,
  state        text not null unique,
  status       text not null,
  session      text not null,
  person       text not null,
  system       text not null,
  connection   text not null,
  body         text not null,
  sealed       bytea not null,
  expires_at   bigint not null,
  primary key (workspace_id, id)
);
create index consent_session on consent (session);
create index consent_age on consent (workspace_id, expires_at);

-- What is known of a connection's credential without opening it: what it may do, until when, and to which app and agency it
-- was given.
create table permit (
  workspace_id text not null,
  connection   text not null,
  scopes       text not null,
  client       text not null,
  agency       text not null,
  expires_at   bigint not null,
  renews       boolean not null,
  obtained_at  bigint not null,
  renewed_at   bigint not null,
  primary key (workspace_id, connection),
  foreign key (workspace_id, connection) references connection (workspace_id, id) on delete cascade
);
-- The system names an agency and nothing else when an app is removed from all of it.
create index permit_agency on permit (agency) where agency <> '';

-- The tokens of an agency, from which those of its accounts are made. One set for all connections of the agency, because
-- a refresh token works once.
create table agency (
  workspace_id text not null references workspace (id),
  system       text not null,
  id           text not null,
  sealed       bytea not null,
  stored_at    bigint not null,
  primary key (workspace_id, system, id)
);

-- The last call that came for a connection.
create index event_heard on event (workspace_id, conn, received_at);
