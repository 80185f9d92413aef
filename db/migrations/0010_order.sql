-- What people decided about single records and fields. One is open per record (field '') or field of a link; the next run
-- carries it out or withdraws it with a reason. A field's order names the record of side a.
create table person_order (
  workspace_id text not null,
  id           text not null,
  pair         text not null,
  kind         text not null,
  state        text not null,
  side         bigint not null,
  record       text not null,
  partner      text not null,
  link         text not null,
  field        text not null,
  from_side    bigint not null,
  value        text not null,
  seen         text not null,
  by_user      text not null,
  given_at     bigint not null,
  reason       text not null,
  run          text not null,
  over_at      bigint not null,
  primary key (workspace_id, id)
);
create unique index person_order_open on person_order (workspace_id, pair, side, record, field) where state = 'open';
create index person_order_pair on person_order (workspace_id, pair, field, given_at);
create index person_order_age on person_order (workspace_id, over_at) where state <> 'open';

-- Who left a record alone, and a hash of the keys that it had then.
alter table review add column alone_by text not null default '';
alter table review add column alone_keys text not null default '';

-- Who decided what a line of the log tells, '' when nobody did.
alter table run_entry add column by_user text not null default '';
