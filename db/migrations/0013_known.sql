-- The custom fields that maps name: as they were agreed, and as they were read last ('' when they were not there).
create table known_field (
  workspace_id text not null,
  conn         text not null,
  object       text not null,
  name         text not null,
  agreed       text not null,
  shown        text not null,
  since        bigint not null,
  held         boolean not null,
  afresh       bigint not null,
  remake       boolean not null,
  primary key (workspace_id, conn, object, name)
);
