-- What an automation that is on looks at (body; conn, object and calls are what calls are looked up by), and when it is looked at: at
-- next_at by its plan, at due_at because of hints or of a look that did not end. Who looks has it until held_until, and raises the fence.
create table watch (
  workspace_id text not null,
  automation   text not null,
  version      bigint not null,
  conn         text not null,
  object       text not null,
  calls        text not null,
  body         text not null,
  next_at      bigint not null,
  due_at       bigint not null,
  owner        text not null,
  held_until   bigint not null,
  fence        bigint not null,
  primary key (workspace_id, automation),
  foreign key (workspace_id, automation) references automation (workspace_id, id) on delete cascade
);

create index watch_conn on watch (workspace_id, conn, object);

-- What it saw last of each record.
create table watch_seen (
  workspace_id text not null,
  automation   text not null,
  id           text not null,
  seen_at      bigint not null,
  body         text not null,
  primary key (workspace_id, automation, id),
  foreign key (workspace_id, automation) references watch (workspace_id, automation) on delete cascade
);

-- Records to look at. A call that counts for itself has a line of its own.
create table watch_hint (
  workspace_id text not null,
  automation   text not null,
  record       text not null,
  call         text not null,
  parent       text not null,
  noticed      text not null,
  at           bigint not null,
  due_at       bigint not null,
  seq          bigint not null,
  primary key (workspace_id, automation, record, call),
  foreign key (workspace_id, automation) references watch (workspace_id, automation) on delete cascade
);

create index watch_hint_due on watch_hint (workspace_id, automation, due_at);
