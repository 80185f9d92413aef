-- An automation as it runs (body, by its version; 0 while it was never published), and where the history of its draft stands: at a
-- step of automation_step, 0 for no draft. The revision grows with every change of the draft and never repeats; base is the version
-- that the draft began from.
create table automation (
  workspace_id text not null references workspace (id),
  id           text not null,
  name         text not null,
  enabled      boolean not null,
  version      bigint not null,
  body         text not null,
  revision     bigint not null,
  step         bigint not null,
  base         bigint not null,
  by_user      text not null,
  saved_at     bigint not null,
  created_at   bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, name)
);

-- The bodies that a draft had, oldest first: undo goes back along them and redo forth. The first is what was published.
create table automation_step (
  workspace_id text not null,
  automation   text not null,
  step         bigint not null,
  body         text not null,
  primary key (workspace_id, automation, step),
  foreign key (workspace_id, automation) references automation (workspace_id, id) on delete cascade
);

-- What was published, as long as the automation is there.
create table automation_version (
  workspace_id text not null,
  automation   text not null,
  version      bigint not null,
  body         text not null,
  by_user      text not null,
  how          text not null,
  saved_at     bigint not null,
  primary key (workspace_id, automation, version),
  foreign key (workspace_id, automation) references automation (workspace_id, id) on delete cascade
);
