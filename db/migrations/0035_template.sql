-- Templates that the people of a workspace made of their own flows and automations, or opened from a file. The body is the file.
create table own_template (
  workspace_id text not null references workspace (id),
  id           text not null,
  kind         text not null,
  name         text not null,
  says         text not null,
  body         text not null,
  by_user      text not null,
  saved_at     bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, name)
);
