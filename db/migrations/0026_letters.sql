-- Single letters on pages do something unless the person does not want that: somebody who speaks to the computer, for instance.
alter table app_user add column letters_off boolean not null default false;
