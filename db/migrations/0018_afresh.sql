-- Since when what was agreed in a pair counts no more, and why; '' for never.
alter table pair add column afresh text not null default '';
