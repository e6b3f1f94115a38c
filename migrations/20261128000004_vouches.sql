-- Who vouches for whom, and how a vouch comes to be.

-- The keys of ours that sign vouches (Ed25519); ended ones stay, for what they signed. Private keys stand
-- here and in local_keys alone.
create table assertion_keys (
    id text primary key,
    role text not null references local_actors (role),
    number bigint not null,
    private_pem text not null,
    multibase text not null,
    created_at bigint not null,
    -- From when nothing is signed with it any more, and from when it is not to be believed.
    expired_at bigint,
    revoked_at bigint,
    unique (role, number)
);

-- Every vouch that anybody gave, as it is signed; ours among them.
create table vouches (
    id text primary key,
    issuer text not null,
    object text not null,
    document text not null,
    -- When its proof says that it was made: of two versions the later counts.
    made_at bigint not null,
    -- What its proof came to when it was last checked: `holds`, or why not.
    proof text not null,
    -- The key it was checked with.
    multibase text,
    ends_at bigint not null,
    kept_at bigint not null,
    -- When its issuer's own server last stood by it; null for what others handed on.
    heard_at bigint,
    -- Since when its issuer's server answers and does not know it.
    missing_since bigint
);

create index vouches_by_issuer on vouches (issuer);
create index vouches_by_object on vouches (object);

-- What was taken back, for ever: whoever shows it again shows nothing.
create table revocations (
    vouch text not null,
    issuer text not null,
    revoked_at bigint not null,
    -- The signed revocation, where there is one.
    document text,
    primary key (vouch, issuer)
);

-- Which vouches the one they are for lists, too.
create table acknowledged (
    actor text not null,
    vouch text not null,
    since bigint not null,
    primary key (actor, vouch)
);

create index acknowledged_by_vouch on acknowledged (vouch);

-- The charter of our collective, version by version.
create table charters (
    version text primary key,
    text text not null,
    sha256 text not null,
    since bigint not null
);

-- Applications and offers are decided: those made to us by our people, ours by others.
alter table relations add column decision text;
alter table relations add column decided_at bigint;
alter table relations add column reason text;
alter table relations add column vouch text;
-- What collectives said of their members before it was signed counts for nothing.
delete from relations where kind = 'member';
create index relations_by_actor on relations (actor, object);
create index relations_by_object on relations (object);
