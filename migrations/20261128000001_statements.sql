-- What each source says of a hoster or a service. The tables `hosters` and `services` hold what comes of
-- it: each fact from the strongest source that has it.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table statements (
    subject text not null check (subject in ('hoster', 'service')),
    id text not null,
    -- The kind of source, and who it is.
    kind text not null,
    source text not null,
    -- What it says, in our exchange format; null while its first word is held.
    document text,
    -- What it said later and people have yet to let pass: such a document, or '' for nothing any more.
    held text,
    seen_at bigint not null,
    primary key (subject, id, kind, source)
);

create index statements_by_source on statements (source);
create index statements_held on statements (subject, id) where held is not null;

-- By what hosters and services are known again: hosts, actors, addresses.
create table identities (
    subject text not null check (subject in ('hoster', 'service')),
    key text not null,
    id text not null,
    primary key (subject, key)
);

create index identities_by_id on identities (subject, id);

-- Hosters that asked to be left out: nobody else's word brings them back.
create table left_out (
    -- As the key of an identity.
    key text primary key,
    -- Where it said so.
    document text not null,
    noted_at bigint not null
);

create index left_out_by_document on left_out (document);

-- How much of the directory has changed by one run: the sanity gate counts here.
create table runs (
    name text primary key,
    began_at bigint not null,
    changed bigint not null,
    -- When it had changed too much; null as long as it has not.
    closed_at bigint
);

create index objects_by_service on objects (service);

-- 0 until what was kept before is a statement of its source, and known again by its identities.
insert into revision (name, number) values ('statements', 0);
