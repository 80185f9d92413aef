-- Records that hang on others: tasks and notes of a contact.
-- The link of its parents that a link was made under.
alter table link add column parent_link text not null default '';
-- What a create was made of, so that a record that carries no reference of ours is recognised by what it says.
alter table intent add column content text not null default '';
create index mirror_parent on mirror (parent, object, conn, workspace_id) where parent <> '' and gone_at = 0;
-- Lines of the inbox that wait until their record's parent is linked.
create index inbox_waiting on inbox (workspace_id, pair, side, parent) where reason = 'parent';

-- When the children of a parent were read, where a system lists them only parent by parent.
-- due_at is when to read them again because something happened, 0 when nothing did.
create table child_read (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  parent       text not null,
  read_at      bigint not null,
  due_at       bigint not null,
  primary key (workspace_id, conn, object, parent)
) /* sqlite: without rowid */;
