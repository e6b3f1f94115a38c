-- What this node is on ActivityPub, whom it knows there, and what it owes or was told.
-- Portable: text, bigint and double precision only; times are unix milliseconds; ids are URLs.

-- The actors of this node: `node` always, and at most one of `hoster` and `collective`.
create table local_actors (
    role text primary key check (role in ('node', 'hoster', 'collective')),
    id text not null unique,
    username text not null unique,
    name text not null,
    created_at bigint not null,
    updated_at bigint not null
);

-- The only place of private keys. The one in use is the one that is not retired.
create table local_keys (
    id text primary key,
    role text not null references local_actors (role),
    number bigint not null,
    private_pem text not null,
    public_pem text not null,
    created_at bigint not null,
    retired_at bigint,
    unique (role, number)
);

-- Actors elsewhere, as last read.
create table remote_actors (
    id text primary key,
    document text not null,
    -- Where they are delivered to: the shared inbox, where there is one.
    inbox text not null,
    fetched_at bigint not null
);

create index remote_actors_by_inbox on remote_actors (inbox);

create table followers (
    role text not null references local_actors (role),
    actor text not null references remote_actors (id) on delete cascade,
    -- 'node' for other nodes and servers' own actors, 'person' for timelines people read.
    reader text not null check (reader in ('node', 'person')),
    activity text not null,
    since bigint not null,
    primary key (role, actor)
);

-- What an actor takes back, or takes along when it goes.
create index followers_by_actor on followers (actor);

create table following (
    role text not null references local_actors (role),
    actor text not null references remote_actors (id) on delete cascade,
    activity text not null unique,
    state text not null check (state in ('asked', 'accepted', 'refused')),
    changed_at bigint not null,
    primary key (role, actor)
);

create index following_by_actor on following (actor);

-- Directories this node exchanges with.
create table peers (
    actor text primary key references remote_actors (id) on delete cascade,
    since bigint not null
);

-- What services are on the wire: when they appeared, changed and went. What is gone stays here, so
-- that a late word does not bring it back.
create table objects (
    id text primary key,
    owner text not null,
    -- The service it describes.
    service text not null,
    published_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint
);

create index objects_by_owner on objects (owner);

-- What one actor says of another and people have yet to decide: applications, offers, members.
create table relations (
    id text primary key,
    kind text not null,
    actor text not null,
    object text not null,
    document text not null,
    stated_at bigint not null,
    withdrawn_at bigint
);

-- Activities published, in the order in which they are owed.
create table outbox (
    seq bigint primary key,
    id text not null unique,
    role text not null references local_actors (role),
    object text,
    document text not null,
    -- Shown in the outbox collection; answers to one actor are not.
    listed_at bigint,
    -- The key to sign with, where it is not the one in use: a new key is announced under the old.
    key_id text,
    created_at bigint not null
);

create index outbox_by_object on outbox (object);
create index outbox_listed on outbox (role, seq) where listed_at is not null;

-- To whom each is still owed.
create table owed (
    inbox text not null,
    seq bigint not null references outbox (seq),
    primary key (inbox, seq)
);

create index owed_by_seq on owed (seq);

-- One row for each inbox we deliver to.
create table delivery_targets (
    inbox text primary key,
    -- The last activity it has had, or has refused.
    cursor bigint not null,
    -- `asleep` after a week of silence, `gone` when it said so.
    state text not null check (state in ('awake', 'asleep', 'gone')),
    fails bigint not null,
    failing_since bigint,
    -- When to deliver next; null while nothing is owed.
    due_at bigint,
    leased_until bigint not null,
    -- `cavage` or `rfc9421`: how it wants its requests signed.
    scheme text not null,
    last_status bigint,
    last_error text,
    last_success_at bigint
);

create index delivery_targets_due on delivery_targets (due_at) where due_at is not null;

-- Activities received: kept first, applied once.
create table inbox (
    seq bigint primary key,
    id text not null,
    actor text not null,
    body text not null,
    received_at bigint not null,
    leased_until bigint not null,
    applied_at bigint,
    -- What came of it.
    outcome text,
    unique (actor, id)
);

create index inbox_waiting on inbox (actor, seq) where applied_at is null;
create index inbox_applied on inbox (applied_at) where applied_at is not null;

-- Addresses somebody's word leads to, to be read in their own time.
create table visits (
    url text primary key,
    kind text not null,
    -- Whose word led here.
    actor text not null,
    due_at bigint not null,
    attempts bigint not null,
    leased_until bigint not null,
    last_error text
);

create index visits_due on visits (due_at);

-- Who may manage this node: the hash of a secret, never the secret.
create table tokens (
    hash text primary key,
    label text not null,
    created_at bigint not null
);

insert into revision (name, number) values ('outbox', 0);
insert into revision (name, number) values ('inbox', 0);
