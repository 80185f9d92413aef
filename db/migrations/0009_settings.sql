-- What was chosen about an account where the API of its system leaves it open.
alter table connection add column settings text not null default '';
