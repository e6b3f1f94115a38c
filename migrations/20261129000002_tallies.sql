-- How much was listed on each day (its beginning in UTC), as the last edition of that day had it.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table tallies (
    day bigint primary key,
    hosters bigint not null,
    -- Of these, whom the directory trusts by vouches or from the start.
    trusted bigint not null,
    services bigint not null
);
