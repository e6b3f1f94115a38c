-- A hoster without node lists back by its site, which is asked again from time to time: when a site that a
-- vouch is for was last planned to be asked; null before the first time, and for actors.
alter table vouches add column asked_at bigint;
