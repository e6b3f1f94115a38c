-- Where the crawler goes: hosts, each asked by one worker at a time, and what is asked of each.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table hosts (
    -- Its name, and its port where that is not https's own.
    host text primary key,
    -- What somebody registered to have it: limits count by it.
    domain text not null,
    -- 0 named by the operator, 1 listed, 2 heard of.
    priority bigint not null,
    -- When something is to be asked of it next.
    due_at bigint not null,
    leased_until bigint not null,
    -- Which lease it was: whoever has lost it must not write.
    lease bigint not null,
    -- No request begins before.
    next_request_at bigint not null,
    -- How many rounds in a row it was out of reach.
    fails bigint not null,
    last_error text,
    -- What its robots.txt says to us, and when that was read; null before.
    robots text,
    robots_at bigint,
    -- Since when it asks to be left out; null if it does not.
    opted_out_at bigint,
    -- What was read in the round that began then.
    round_at bigint not null,
    pages bigint not null,
    items bigint not null,
    bytes bigint not null
);

create index hosts_due on hosts (priority, due_at);
create index hosts_leased on hosts (leased_until) where leased_until > 0;
create index hosts_by_domain on hosts (domain);

create table targets (
    url text not null,
    purpose text not null check (purpose in ('read', 'probe')),
    -- What is read there; null for a probe.
    format text,
    host text not null references hosts (host) on delete cascade,
    due_at bigint not null,
    -- Who led here, over how many documents; null for the operator.
    led_by text,
    depth bigint not null,
    -- The hoster whose it is, where the document that led here says so.
    hoster text,
    -- Which page of a collection it is, from 0.
    page bigint not null,
    -- Whether a redirect led here: it is followed once.
    redirected bigint not null,
    etag text,
    last_modified text,
    last_status bigint,
    visited_at bigint,
    fails bigint not null,
    last_error text,
    primary key (url, purpose)
);

create index targets_by_host on targets (host, due_at);

insert into revision (name, number) values ('frontier', 0);
