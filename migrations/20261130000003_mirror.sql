-- A copy of another directory, kept from its signed snapshots and changes.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

-- One row where this database is such a copy: then nothing else changes what it lists.
create table mirror (
    name text primary key,
    -- The address of the directory that is copied.
    origin text not null,
    began_at bigint not null,
    -- The actor whose signature is believed, its keys as JSON, and when they were read; null before the first time.
    actor text,
    keys text,
    keys_read_at bigint,
    -- The signed state of what is held; null before the first snapshot.
    signed text,
    -- When the origin last said that this is how it stands.
    heard_at bigint,
    -- Why the last attempt failed, if it did, and when.
    error text,
    error_at bigint
);

-- Its records as they were signed, byte by byte: the other tables hold what they say.
create table mirrored (
    kind text not null check (kind in ('choices', 'hosters', 'issuers', 'vouches')),
    id text not null,
    document text not null,
    primary key (kind, id)
);
