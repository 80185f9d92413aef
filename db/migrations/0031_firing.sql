-- One time that an automation was set off. The key names what happened: the same one sets it off once. While it is open it is due at
-- a time; who takes it moves that on, and raises the fence.
create table firing (
  workspace_id text not null,
  id           text not null,
  automation   text not null,
  version      bigint not null,
  key          text not null,
  noticed      text not null,
  thing        text not null,
  record       text not null,
  title        text not null,
  data         text not null,
  cause        text not null,
  hop          bigint not null,
  by_user      text not null,
  state        text not null,
  reason       text not null,
  step         text not null,
  attempts     bigint not null,
  since_at     bigint not null,
  fired_at     bigint not null,
  due_at       bigint not null,
  over_at      bigint not null,
  owner        text not null,
  fence        bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, automation, key),
  foreign key (workspace_id, automation) references automation (workspace_id, id) on delete cascade
);

create index firing_due on firing (due_at) where state in ('open', 'waiting');
create index firing_owner on firing (owner) where owner <> '';
create index firing_list on firing (workspace_id, automation, fired_at);
create index firing_over on firing (workspace_id, over_at) where over_at > 0;

-- What became of each step of a firing, by its position.
create table firing_entry (
  workspace_id text not null,
  firing       text not null,
  at           text not null,
  step         text not null,
  seq          bigint not null,
  state        text not null,
  body         text not null,
  made         text not null,
  began_at     bigint not null,
  primary key (workspace_id, firing, at),
  foreign key (workspace_id, firing) references firing (workspace_id, id) on delete cascade
);

create index firing_made on firing_entry (workspace_id, made) where made <> '';

-- Which firing does a step that is done once for a record. It outlives the firing.
create table firing_once (
  workspace_id text not null,
  automation   text not null,
  step         text not null,
  record       text not null,
  firing       text not null,
  primary key (workspace_id, automation, step, record),
  foreign key (workspace_id, automation) references automation (workspace_id, id) on delete cascade
);
