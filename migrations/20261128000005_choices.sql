-- What the operator chooses: whom this directory trusts from the start, what it will have nothing to do
-- with, and every change of that. The policy's numbers stand in `settings`.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table anchors (
    actor text primary key,
    name text,
    reason text,
    since bigint not null
);

create table blocks (
    -- A domain in lower case and Punycode; names below it are meant, too.
    domain text primary key,
    severity text not null check (severity in ('hide', 'suspend')),
    reason text,
    -- The list it came from, if somebody took it from one.
    source text,
    since bigint not null
);

-- The public log: rows are added and never changed.
create table decisions (
    seq bigint primary key,
    at bigint not null,
    what text not null,
    subject text not null,
    reason text,
    detail text,
    -- Where it was decided: here, while the node ran, or in its settings.
    via text not null check (via in ('operator', 'settings'))
);

create index decisions_by_time on decisions (at);

insert into revision (name, number) values ('decisions', 0);
