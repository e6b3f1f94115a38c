-- What the directory lists, how this node regards it, and the number that says when either changed.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table hosters (
    id text primary key,
    -- The hoster in our exchange format, so that a new fact needs no new column.
    document text not null,
    changed_at bigint not null
);

create table services (
    id text primary key,
    hoster text not null references hosters (id) on delete cascade,
    document text not null,
    changed_at bigint not null
);

create index services_by_hoster on services (hoster);

create table settings (
    name text primary key,
    value text not null
);

-- One row: whoever writes takes it first, so writers take turns on both engines.
create table revision (
    name text primary key,
    number bigint not null
);

insert into revision (name, number) values ('directory', 0);
