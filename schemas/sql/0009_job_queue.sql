-- The table `job` is the queue itself; PgQueuer's tables (in the schema pgqueuer) are no longer used.
--
--   lane       where it waits (store/queue.py). NULL: a process of the version before queued it; it is given one within half a minute.
--   due        not taken before; NULL: taken as soon as there is a place. Whoever looks makes it NULL when the time has come.
--   touched    when `due` was written, or, of a job at work, when its worker last gave a sign of life.
--
-- What changes when a job is taken and at each sign of life (state, attempts, started, touched) is in no index and no index's
-- condition, and pages keep room: the new version of the row lies beside the old one, and no index hears of it. A job is open as long
-- as `finished` is NULL.
ALTER TABLE job ADD COLUMN lane text, ADD COLUMN due timestamptz, ADD COLUMN touched timestamptz;
ALTER TABLE job SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Open jobs keep the lane and the time they had in PgQueuer's queue. A job at work ends as its process says, unless it was taken again
-- meanwhile: processes of the version before give no sign of life that is seen here.
--
-- Such a process may run on beside this version, and puts a job into `job` and into PgQueuer's queue. If that were dropped now, it could
-- queue nothing and would refuse the alerts that it reads. So its tables stay, empty, and turn away what is put there: its workers
-- find nothing, those of this version find everything. Once no such process runs any more, nothing needs them:
-- DROP SCHEMA pgqueuer CASCADE.
DO $move$
BEGIN
    IF to_regclass('pgqueuer.queue') IS NULL THEN
        RETURN;
    END IF;
    LOCK TABLE pgqueuer.queue IN SHARE ROW EXCLUSIVE MODE;
    UPDATE job
    SET lane = entrypoint,
        due = CASE WHEN status = 'queued' AND execute_after > now() THEN execute_after END,
        touched = CASE WHEN status = 'queued' THEN updated ELSE now() END
    FROM pgqueuer.queue
    WHERE state IN ('queued', 'running') AND queue.payload = convert_to(job.job_id::text, 'UTF8') AND status IN ('queued', 'picked');
    DELETE FROM pgqueuer.queue;
    CREATE FUNCTION pgqueuer.turn_away() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER turn_away BEFORE INSERT ON pgqueuer.queue FOR EACH ROW EXECUTE FUNCTION pgqueuer.turn_away();
END
$move$;

UPDATE job SET finished = coalesce(started, created) WHERE state IN ('done', 'failed') AND finished IS NULL;
UPDATE job SET finished = NULL WHERE state IN ('queued', 'running') AND finished IS NOT NULL;

DROP INDEX job_open;
-- What may be taken, and what is at work, in the order in which it is.
CREATE INDEX job_turn ON job (lane, priority DESC, job_id) WHERE finished IS NULL AND due IS NULL;
-- Every open job; those that are due later, in order.
CREATE INDEX job_open ON job (due) WHERE finished IS NULL;
-- Failed jobs (only they keep their error when they are over), without naming their state.
CREATE INDEX job_failed ON job (job_id) WHERE finished IS NOT NULL AND error IS NOT NULL;
