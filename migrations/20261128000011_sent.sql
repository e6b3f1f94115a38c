-- How many people `/go` sent to each hoster on each day (its beginning in UTC). Nothing of who they were.
-- Several replicas add to the same rows.
create table sent (
    day bigint not null,
    hoster text not null,
    times bigint not null,
    primary key (day, hoster)
);
