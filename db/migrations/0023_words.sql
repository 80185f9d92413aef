-- The words by which a live record is found: those of its name, its email, its phone number in E.164, its domain. A person
-- types their beginnings, so they are ordered by their letters' numbers, whatever the language of the database.
alter table mirror add column words text not null default '';
create table mirror_word (
  workspace_id text not null,
  word         text not null /* postgres: collate "C" */,
  conn         text not null,
  object       text not null,
  id           text not null,
  primary key (workspace_id, word, conn, object, id)
) /* sqlite: without rowid */;
