-- name: put_jobs
-- Rows come back for those whose key is new, with their places from 1; of a key that comes twice the first counts. Rows are made in
-- order, so that the numbers of jobs are.
WITH wanted AS (
    SELECT *, row_number() OVER (PARTITION BY dedupe_key ORDER BY position) AS turn
    FROM unnest($1::text[], $2::text[], $3::json[], $4::text[], $5::integer[], $6::timestamptz[]) WITH ORDINALITY
        AS u (kind, event_key, payload, dedupe_key, priority, not_before, position)
),
numbered AS (
    SELECT *, nextval(pg_get_serial_sequence('job', 'job_id')) AS job_id
    FROM (SELECT * FROM wanted WHERE dedupe_key IS NULL OR turn = 1 ORDER BY position) ordered
),
made AS (
    INSERT INTO job (job_id, kind, event_key, payload, dedupe_key, priority, not_before) OVERRIDING SYSTEM VALUE
    SELECT job_id, kind, event_key, payload, dedupe_key, priority, not_before FROM numbered
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING job_id
)
SELECT job_id, position FROM made JOIN numbered USING (job_id) ORDER BY position;

-- name: start_job
-- Nothing comes back for a job that is done or given up: it was delivered once more after a crash.
UPDATE job SET state = 'running', attempts = attempts + 1, started = clock_timestamp()
WHERE job_id = $1 AND state IN ('queued', 'running')
RETURNING job_id, kind, event_key, payload, attempts, errors;

-- name: finish_job
-- $2 state, $3 error, $4 whether the attempt went wrong, $5 which attempt it was: once another has begun, an earlier one changes nothing.
UPDATE job SET state = $2, error = $3, errors = errors + $4::boolean::integer,
               finished = CASE WHEN $2 = 'queued' THEN NULL ELSE clock_timestamp() END
WHERE job_id = $1 AND attempts = $5;

-- name: reopen_job
-- A failed job is to run again, its attempts counted anew.
UPDATE job SET state = 'queued', attempts = 0, errors = 0, finished = NULL WHERE job_id = $1 AND state = 'failed'
RETURNING job_id, kind, priority;

-- name: jobs
-- $1 NULL: of every event; $2 NULL: in any state. Newest first.
SELECT job_id, kind, event_key, payload, dedupe_key, priority, state, attempts, not_before, created, started, finished, error
FROM job WHERE ($1::text IS NULL OR event_key = $1) AND ($2::text IS NULL OR state = $2)
ORDER BY job_id DESC LIMIT $3;

-- name: job_counts
SELECT state, count(*) AS jobs FROM job GROUP BY state;

-- name: jobs_left
-- Jobs that are written as running and that no worker has given a sign of for $1 seconds.
SELECT count(*) AS jobs FROM job j
WHERE j.state = 'running'
  AND NOT EXISTS (
      SELECT FROM pgqueuer.queue q
      WHERE q.status = 'picked' AND q.payload = convert_to(j.job_id::text, 'UTF8')
        AND q.heartbeat > clock_timestamp() - make_interval(secs => $1)
  );

-- name: jobs_to_come
SELECT count(*) AS jobs FROM job
WHERE state = 'running' OR (state = 'queued' AND attempts = 0 AND (not_before IS NULL OR not_before <= clock_timestamp()));

-- name: lock_adoption
-- Until the transaction ends; any fixed number.
SELECT pg_advisory_xact_lock(7241903616);

-- name: orphans
-- Open jobs that wait or run nowhere. A job is written as over before its place in the queue is given up, never after.
SELECT j.job_id, j.kind, j.priority FROM job j
WHERE j.state IN ('queued', 'running')
  AND NOT EXISTS (
      SELECT FROM pgqueuer.queue q
      WHERE q.status IN ('queued', 'picked') AND q.payload = convert_to(j.job_id::text, 'UTF8')
  )
ORDER BY j.job_id;

-- name: steady_queue
-- The database's clock was stepped back: what was written before is of a time to come, and would wait for as long as the step was.
-- Each such job keeps what was left of its pause, and each worker its silence, counted from now.
UPDATE pgqueuer.queue
SET execute_after = now() + greatest(execute_after - updated, interval '0'), updated = now(), heartbeat = now()
WHERE greatest(updated, heartbeat) > now() + interval '2 seconds';

-- name: job_depths
-- Jobs that are not done, by kind and state; `overdue_s` for how long the longest waiting of them has been due.
SELECT kind, state, count(*) AS jobs,
       coalesce(max(extract(epoch FROM clock_timestamp() - greatest(created, coalesce(not_before, created))))
           FILTER (WHERE state = 'queued' AND attempts = 0 AND coalesce(not_before, created) <= clock_timestamp()), 0)::float8 AS overdue_s
FROM job WHERE state <> 'done' GROUP BY kind, state;

-- name: forget_queue_log
-- What the queue wrote of jobs longer than $1 seconds ago: what became of a job stands in `job` for ever.
DELETE FROM pgqueuer.queue_log WHERE created < clock_timestamp() - make_interval(secs => $1);

-- name: forget_queue_statistics
-- The same, counted.
DELETE FROM pgqueuer.statistics WHERE created < clock_timestamp() - make_interval(secs => $1);
