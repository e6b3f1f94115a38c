-- Whether services answer, by the address that people go to; and what came of the last visits.
-- Portable: text, bigint and double precision only; times are unix milliseconds.

create table health (
    url text primary key,
    probed_at bigint not null,
    -- The HTTP status, if it answered, and how long that took.
    status bigint,
    latency_ms bigint,
    -- When the certificate ends that it showed.
    certificate_until bigint,
    -- Why it counts as not working, if it does.
    error text,
    -- How many looks in a row failed, and since when.
    fails bigint not null,
    failing_since bigint,
    -- The looks of the last thirty days, and how many of them found it up.
    asked bigint not null,
    up bigint not null,
    -- The looks of a year, as JSON.
    history text not null
);

-- The last visits of what is read, and what was wrong with the document that was read last: JSON lists.
alter table targets add column log text;
alter table targets add column faults text;
