-- What waits is asked for pair by pair while somebody watches, and what was settled is kept beside it for a while.
create index conflict_waits on conflict (workspace_id, pair, id) where open;
