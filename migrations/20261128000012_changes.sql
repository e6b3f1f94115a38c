-- What changed at which revision, so that whoever knows the directory at one of them reads only the rest.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table changes (
    revision bigint not null,
    subject text not null check (subject in ('hoster', 'service', 'vouch', 'issuers', 'unwatched')),
    id text not null,
    primary key (revision, subject, id)
);

-- One row: what `changes` is good for. A program that knows nothing of it moves the directory's revision
-- and not this.
create table change_log (
    name text primary key,
    -- Every change after this revision is known, up to and with that one.
    since bigint not null,
    until bigint not null,
    -- How many rows there are.
    kept bigint not null
);

insert into change_log (name, since, until, kept)
select name, number, number, 0 from revision where name = 'directory';

-- The revision from which the looks at an address come to what they do; 0 for what was before.
alter table health add column revision bigint not null default 0;
create index health_by_revision on health (revision);
