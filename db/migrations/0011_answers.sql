-- An open answer to a conflict is found by the conflict's link and field.
create index person_order_link on person_order (workspace_id, link, field) where state = 'open';
