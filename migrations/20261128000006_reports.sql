-- What visitors say is wrong, what is asked of hosters about it, and blocks that others' lists propose.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

-- What somebody said of an entry. Nothing is kept of who said it.
create table reports (
    seq bigint primary key,
    hoster text not null,
    -- The service of that hoster, where one is meant.
    service text,
    reason text not null,
    -- Empty where none were added.
    words text not null,
    -- The words as they are compared: the same ones again are the same report.
    folded text not null,
    -- How often it was said.
    times bigint not null,
    received_at bigint not null,
    state text not null check (state in ('open', 'asked', 'closed')),
    -- The question that was put to the hoster because of it.
    flag text,
    -- What came of it, in words.
    outcome text,
    closed_at bigint
);

create index reports_by_entry on reports (hoster, received_at);
create index reports_by_time on reports (received_at);
create index reports_by_state on reports (state, seq);

-- Questions of a directory to a hoster about its entry, on both sides of the wire.
create table flags (
    id text primary key,
    asker text not null,
    asked text not null,
    -- The service's object, where one is meant.
    object text,
    words text not null,
    sent_at bigint not null,
    -- The note that answers it, its words, and when they came.
    answered_by text,
    answer text,
    answered_at bigint,
    withdrawn_at bigint
);

create index flags_by_asked on flags (asked, sent_at);
create index flags_by_asker on flags (asker);

-- What is for one reader alone: it is delivered, and shown to nobody who asks for its address.
alter table outbox add column confidential_at bigint;

-- Domains that lists of others would block. None is blocked before a person takes it.
create table proposals (
    domain text primary key,
    -- In the order in which they came.
    seq bigint not null unique,
    severity text not null,
    comment text not null,
    -- The list: its address, or the name of its file.
    source text not null,
    received_at bigint not null,
    state text not null check (state in ('open', 'taken', 'dropped')),
    decided_at bigint
);

create index proposals_by_state on proposals (state, seq);
