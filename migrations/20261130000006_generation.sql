-- How often a copy of another directory came to hold something else under the revision it had.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

insert into revision (name, number) values ('mirror', 0) on conflict (name) do nothing;
