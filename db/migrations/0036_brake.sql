-- When a firing was let begin, and whether the brake of its automation holds it. What there was before the brake was let begin.
alter table firing add column begun_at bigint not null default 0;
alter table firing add column held bigint not null default 0;
update firing set begun_at = 1;

create index firing_begun on firing (workspace_id, automation, begun_at) where begun_at > 0;
create index firing_held on firing (workspace_id, automation) where held = 1;
