-- How often an attempt of a job went wrong. A job may be started any number of times without a fault of its own: while what it waits
-- for is not there, or when its worker is stopped. Only an addition: a service of the version before runs on beside this one.
ALTER TABLE job ADD COLUMN errors integer NOT NULL DEFAULT 0;
