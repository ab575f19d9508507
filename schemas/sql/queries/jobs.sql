-- name: put_jobs
-- Rows come back for those whose key is new, with their places from 1; of a key that comes twice the first counts. Rows are made in
-- order, so that the numbers of jobs are. Workers hear of those that are due, by lane ($7), when the transaction ends.
WITH wanted AS (
    SELECT *, row_number() OVER (PARTITION BY dedupe_key ORDER BY position) AS turn
    FROM unnest($1::text[], $2::text[], $3::json[], $4::text[], $5::integer[], $6::timestamptz[], $7::text[]) WITH ORDINALITY
        AS u (kind, event_key, payload, dedupe_key, priority, not_before, lane, position)
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
SELECT job_id, position,
       CASE WHEN not_before IS NULL OR not_before <= clock_timestamp() THEN pg_notify('transients_due', lane) END AS told
FROM made JOIN numbered USING (job_id) ORDER BY position;

-- name: lanes
-- Seconds until the first job of each lane is due, or, in the hands of a worker that gives no sign for $1 seconds, left by it.
SELECT entrypoint AS lane,
       extract(epoch FROM min(CASE status WHEN 'queued' THEN execute_after ELSE heartbeat + make_interval(secs => $1) END)
           - clock_timestamp())::float8 AS wait_s
FROM pgqueuer.queue WHERE status IN ('queued', 'picked') GROUP BY entrypoint;

-- name: beat
-- A sign of life for jobs at work, by their places in the queue, as far as they are still in the hands of worker $2.
UPDATE pgqueuer.queue SET heartbeat = clock_timestamp()
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
WHERE id = ANY ($1::bigint[]) AND status = 'picked' AND queue_manager_id = $2;

-- name: take_jobs
-- Take the first $2 jobs of lanes $1 for worker $5 and mark them as running: due ones, and those of workers that gave no sign for $3
-- seconds; but none in the places $4, where attempts of this worker still run, though another may have taken them for dead. The server
-- need not flush this to its disk: where it is lost, the jobs still wait, and are taken again.
WITH due AS (
    SELECT q.id, q.priority
    FROM unnest($1::text[]) AS lane CROSS JOIN LATERAL (
        SELECT id, priority FROM pgqueuer.queue
        WHERE entrypoint = lane AND status = 'queued' AND execute_after <= now() AND id <> ALL ($4::bigint[])
        ORDER BY priority DESC, id LIMIT $2 FOR UPDATE SKIP LOCKED
    ) q
),
left_alone AS (
    SELECT id, priority FROM pgqueuer.queue
    WHERE entrypoint = ANY ($1) AND status = 'picked' AND heartbeat < now() - make_interval(secs => $3)
      AND id <> ALL ($4::bigint[])
    ORDER BY priority DESC, id LIMIT $2 FOR UPDATE SKIP LOCKED
),
taken AS (
    UPDATE pgqueuer.queue q
    SET status = 'picked', queue_manager_id = $5, updated = now(), heartbeat = now()
    FROM (SELECT id FROM (TABLE due UNION ALL TABLE left_alone) every ORDER BY priority DESC, id LIMIT $2) AS first,
         (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
    WHERE q.id = first.id
    RETURNING q.id AS place, q.priority, convert_from(q.payload, 'UTF8')::bigint AS job_id
),
started AS (
    UPDATE job j SET state = 'running', attempts = attempts + 1, started = clock_timestamp()
    FROM taken WHERE j.job_id = taken.job_id AND j.state IN ('queued', 'running')
    RETURNING taken.place, taken.priority AS turn, j.job_id, j.kind, j.event_key, j.payload, j.attempts, j.errors
)
SELECT place, job_id, kind, event_key, payload, attempts, errors FROM started ORDER BY turn DESC, place;

-- name: finish_job
-- $2 state, $3 error, $4 whether the attempt went wrong, $5 which attempt it was: once another has begun, an earlier one changes nothing.
-- $6 its place in the queue, which it gives up, or takes again in $7 seconds. The server need not flush it to its disk: where it is lost,
-- the job runs once more and finds all done. The place is locked before the job, as by whoever takes it.
WITH place AS (
    SELECT id FROM pgqueuer.queue WHERE id = $6 FOR UPDATE
),
ended AS (
    UPDATE job SET state = $2, error = $3, errors = errors + $4::boolean::integer,
                   finished = CASE WHEN $2 = 'queued' THEN NULL ELSE clock_timestamp() END
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried, (SELECT count(id) FROM place) AS locked
    WHERE job_id = $1 AND attempts = $5
    RETURNING job_id
),
gone AS (
    DELETE FROM pgqueuer.queue USING ended WHERE id = $6 AND $2 <> 'queued' RETURNING id, entrypoint, priority
),
again AS (
    UPDATE pgqueuer.queue SET status = 'queued', execute_after = clock_timestamp() + make_interval(secs => $7), updated = now(),
                              attempts = attempts + 1, queue_manager_id = NULL
    FROM ended WHERE id = $6 AND $2 = 'queued' RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.queue_log (job_id, status, entrypoint, priority)
SELECT id, (CASE $2 WHEN 'done' THEN 'successful' WHEN 'failed' THEN 'exception' ELSE 'queued' END)::pgqueuer.status, entrypoint, priority
FROM (TABLE gone UNION ALL TABLE again) moved;

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
-- Open jobs that wait or run nowhere.
SELECT j.job_id, j.kind, j.priority FROM job j
WHERE j.state IN ('queued', 'running')
  AND NOT EXISTS (
      SELECT FROM pgqueuer.queue q
      WHERE q.status IN ('queued', 'picked') AND q.payload = convert_to(j.job_id::text, 'UTF8')
  )
ORDER BY j.job_id;

-- name: forget_over
-- Places of jobs that are over: a job and its place end together, but an earlier version ended the one and died before the other.
DELETE FROM pgqueuer.queue q USING job j
WHERE j.job_id = convert_from(q.payload, 'UTF8')::bigint AND j.state IN ('done', 'failed');

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
