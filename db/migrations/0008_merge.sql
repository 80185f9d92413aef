-- The links that hang on a link: looked for when one of its records is gone.
create index link_parent on link (parent_link, workspace_id) where parent_link <> '';
