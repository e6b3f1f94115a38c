-- Several people manage a node, each with a token of their own: the day on which each was last used (its
-- beginning in UTC), so that one nobody uses any more can be told from the others. Written once a day at most.
alter table tokens add column used_on bigint;
