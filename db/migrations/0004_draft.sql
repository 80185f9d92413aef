-- What a person is working on and has not published.

-- One draft per flow. step names the body that holds now, 0 when there is no draft. revision only ever grows, over
-- published and dropped drafts too, so that a page that was opened before can never overwrite what came after it. base
-- is the version of the flow that the draft began from. by_user touched it last, at saved_at.
create table flow_draft (
  workspace_id text not null,
  flow         text not null,
  revision     bigint not null,
  step         bigint not null,
  base         bigint not null,
  by_user      text not null,
  saved_at     bigint not null,
  primary key (workspace_id, flow),
  foreign key (workspace_id, flow) references flow (workspace_id, id) on delete cascade
);

-- The bodies that a draft had, oldest first: undo goes back along them and redo forth. The first is what was published.
create table flow_draft_step (
  workspace_id text not null,
  flow         text not null,
  step         bigint not null,
  body         text not null,
  primary key (workspace_id, flow, step),
  foreign key (workspace_id, flow) references flow_draft (workspace_id, flow) on delete cascade
);
