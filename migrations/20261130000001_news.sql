-- At which revision something was last said of a hoster or its services that is another than before, dates and
-- sources left aside: what peers are told of.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table news (
    hoster text primary key,
    revision bigint not null
);

create index news_by_revision on news (revision);

-- Up to which revision peers were told; 0 before they ever were.
insert into revision (name, number) values ('peers', 0) on conflict (name) do nothing;
