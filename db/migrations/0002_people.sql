-- People, sessions and invitations. What proves something (the id of a session, the secret of a link) is kept as its
-- hash: whoever reads this database can name a session and not use it.

alter table app_user add column name text not null default '';
-- The look that the person chose last; a new session begins with it.
alter table app_user add column theme text not null default '';

-- A session belongs to a person and has one workspace open. It ends with the membership in it. role is the one that the
-- person had when the id was made: when it is another by now, the session gets a new id.
create table session (
  workspace_id text not null,
  hash         text not null primary key,
  user_id      text not null,
  role         text not null,
  theme        text not null,
  kept         boolean not null,
  device       text not null,
  said         text not null,
  said_bad     boolean not null,
  created_at   bigint not null,
  seen_at      bigint not null,
  ends_at      bigint not null,
  foreign key (workspace_id, user_id) references member (workspace_id, user_id) on delete cascade
);
create index session_person on session (user_id);
create index session_member on session (workspace_id, user_id);

-- A link that signs a person in, once.
create table signin_link (
  workspace_id text not null,
  hash         text not null primary key,
  user_id      text not null,
  ends_at      bigint not null,
  foreign key (workspace_id, user_id) references member (workspace_id, user_id) on delete cascade
);

create table invitation (
  workspace_id text not null references workspace (id),
  id           text not null,
  hash         text not null unique,
  email        text not null,
  role         text not null,
  invited_by   text not null,
  created_at   bigint not null,
  ends_at      bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, email),
  -- An invitation is worth what its owner's word is worth, and goes with the owner.
  foreign key (workspace_id, invited_by) references member (workspace_id, user_id) on delete cascade
);

-- How often something was tried in vain that only some may do. Names are keyed hashes of an address or an account, so that
-- this says nothing about who tried.
create table throttle (
  name     text not null primary key,
  tries    bigint not null,
  last_at  bigint not null,
  until_at bigint not null
);
create index throttle_age on throttle (last_at);
