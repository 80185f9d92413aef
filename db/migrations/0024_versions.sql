-- Who made a version of a flow (a user's address, or who was at a command line), and how: page, file or rule. Both are '' for
-- versions from before.
alter table flow_version add column by_user text not null default '';
alter table flow_version add column how text not null default '';
-- The draft of a flow as it was at the revisions that are over, so that whoever still has one of them on a page is told what
-- changed since. The newest 60 are kept, over published and dropped drafts.
create table flow_draft_past (
  workspace_id text not null,
  flow         text not null,
  revision     bigint not null,
  body         text not null,
  primary key (workspace_id, flow, revision),
  foreign key (workspace_id, flow) references flow (workspace_id, id) on delete cascade
);
