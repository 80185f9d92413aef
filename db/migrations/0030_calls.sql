-- When the next call of a pair is to be worked on.
create index inbox_call on inbox (workspace_id, pair, due_at) where reason = 'webhook';
