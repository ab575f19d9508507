-- name: put_jobs
-- Rows come back for those whose key is new, with their places from 1; of a key that comes twice the first counts. Rows are made in
-- order, so that the numbers of jobs are. A job is due in $8 seconds (0: at once) by this clock, whatever the asker's says. Workers hear
-- of those that are due, by lane ($7), when the transaction ends.
WITH wanted AS (
    SELECT *, row_number() OVER (PARTITION BY dedupe_key ORDER BY position) AS turn
    FROM unnest($1::text[], $2::text[], $3::json[], $4::text[], $5::integer[], $6::timestamptz[], $7::text[], $8::float8[]) WITH ORDINALITY
        AS u (kind, event_key, payload, dedupe_key, priority, not_before, lane, wait_s, position)
),
numbered AS (
    SELECT *, nextval(pg_get_serial_sequence('job', 'job_id')) AS job_id
    FROM (SELECT * FROM wanted WHERE dedupe_key IS NULL OR turn = 1 ORDER BY position) ordered
),
made AS (
    INSERT INTO job (job_id, kind, event_key, payload, dedupe_key, priority, not_before, lane, due, touched) OVERRIDING SYSTEM VALUE
    SELECT job_id, kind, event_key, payload, dedupe_key, priority, not_before, lane,
           CASE WHEN wait_s > 0 THEN clock_timestamp() + make_interval(secs => wait_s) END, CASE WHEN wait_s > 0 THEN clock_timestamp() END
    FROM numbered
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING job_id
)
SELECT job_id, position, CASE WHEN wait_s <= 0 THEN pg_notify('transients_due', lane) END AS told
FROM made JOIN numbered USING (job_id) ORDER BY position;

-- name: look
-- Of lanes $1, those in which a job may be taken or was left by a worker that gave no sign for $2 seconds; and, in a row without a lane,
-- the seconds until the next one is due. Those that came due since the last look may be taken from now on, and all workers hear of it; so
-- many at a time as are soon written.
WITH come AS (
    UPDATE job SET due = NULL
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
    WHERE job_id IN (SELECT job_id FROM job WHERE finished IS NULL AND due <= now() ORDER BY due LIMIT 5000 FOR UPDATE SKIP LOCKED)
    RETURNING lane
)
SELECT first.lane, 0::float8 AS wait_s, NULL AS told FROM unnest($1::text[]) AS wanted (lane) CROSS JOIN LATERAL (
    SELECT lane FROM job
    WHERE job.lane = wanted.lane AND finished IS NULL AND due IS NULL
      AND (state = 'queued' OR coalesce(touched, started) < now() - make_interval(secs => $2))
    ORDER BY priority DESC, job_id LIMIT 1
) AS first
UNION ALL
SELECT lane, 0, pg_notify('transients_due', lane) FROM (SELECT DISTINCT lane FROM come WHERE lane IS NOT NULL) AS lanes
UNION ALL
SELECT NULL, extract(epoch FROM min(due) - now()), NULL FROM job WHERE finished IS NULL AND due > now();

-- name: beat
-- A sign of life for jobs $1 at work, as far as attempts $2 are still the last of them.
UPDATE job SET touched = clock_timestamp()
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried, unnest($1::bigint[], $2::integer[]) AS mine (job_id, attempt)
WHERE job.job_id = mine.job_id AND attempts = attempt AND state = 'running';

-- name: take_jobs
-- Take the first $2 jobs of lanes $1 and mark them as running: those that may be taken, and those of workers that gave no sign for $3
-- seconds; but none of $4, of which attempts of this worker still run, though another may have taken them for dead. The server need not
-- flush this to its disk: where it is lost, the jobs still wait, and are taken again.
WITH found AS (
    SELECT first.* FROM unnest($1::text[]) AS wanted (lane) CROSS JOIN LATERAL (
        SELECT job_id, priority FROM job
        WHERE job.lane = wanted.lane AND finished IS NULL AND due IS NULL
          AND (state = 'queued' OR coalesce(touched, started) < now() - make_interval(secs => $3)) AND job_id <> ALL ($4::bigint[])
        ORDER BY priority DESC, job_id LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS first
),
taken AS (
    UPDATE job SET state = 'running', attempts = attempts + 1, started = clock_timestamp(), touched = now()
    FROM (SELECT job_id FROM found ORDER BY priority DESC, job_id LIMIT $2) AS first,
         (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
    WHERE job.job_id = first.job_id
    RETURNING job.job_id, kind, event_key, payload, priority, attempts, errors
)
SELECT job_id, kind, event_key, payload, attempts, errors FROM taken ORDER BY priority DESC, job_id;

-- name: finish_job
-- $2 state, $3 error, $4 whether the attempt went wrong, $5 which attempt it was: once another has begun, or the job is over, it changes
-- nothing. One that is to be tried again is due in $6 seconds. The server need not flush it to its disk: where it is lost, the job runs
-- once more and finds all done.
UPDATE job
SET state = $2, error = $3, errors = errors + $4::boolean::integer,
    finished = CASE WHEN $2 <> 'queued' THEN clock_timestamp() END,
    due = CASE WHEN $2 = 'queued' AND $6::float8 > 0 THEN clock_timestamp() + make_interval(secs => $6) END,
    touched = CASE WHEN $2 = 'queued' THEN clock_timestamp() END
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
WHERE job_id = $1 AND attempts = $5 AND state = 'running';

-- name: reopen_job
-- A failed job is to run again, its errors counted anew; its attempts go on, so that an earlier one is never taken for a later one.
UPDATE job SET state = 'queued', errors = 0, finished = NULL WHERE job_id = $1 AND state = 'failed'
RETURNING job_id, pg_notify('transients_due', lane) AS told;

-- name: jobs
-- $1 NULL: of every event; $2 NULL: in any state. Newest first.
SELECT job_id, kind, event_key, payload, dedupe_key, priority, state, attempts, not_before, created, started, finished, error
FROM job WHERE ($1::text IS NULL OR event_key = $1) AND ($2::text IS NULL OR state = $2)
ORDER BY job_id DESC LIMIT $3;

-- name: job_counts
SELECT state, count(*) AS jobs FROM job GROUP BY state;

-- name: jobs_left
-- Jobs that are written as running and that no worker has given a sign of for $1 seconds.
SELECT count(*) AS jobs FROM job
WHERE finished IS NULL AND state = 'running' AND coalesce(touched, started) < clock_timestamp() - make_interval(secs => $1);

-- name: jobs_to_come
SELECT count(*) AS jobs FROM job
WHERE finished IS NULL AND (state = 'running' OR (attempts = 0 AND (due IS NULL OR due <= clock_timestamp())));

-- name: steady_queue
-- The database's clock was stepped back: what was written before is of a time to come, and would wait for as long as the step was.
-- Each such job keeps what was left of its pause, and each worker its silence, counted from now.
UPDATE job SET due = due + (now() - touched), touched = now() WHERE finished IS NULL AND touched > now() + interval '2 seconds';

-- name: give_lanes
-- Jobs that a process of the version before queued get their lane: the first, $3, from priority $1 on, unless they are of kinds $2.
UPDATE job SET lane = CASE WHEN priority >= $1 AND kind <> ALL ($2::text[]) THEN $3 ELSE kind END,
               due = CASE WHEN not_before > now() THEN not_before END, touched = now()
WHERE lane IS NULL AND finished IS NULL AND due IS NULL;

-- name: job_depths
-- Jobs that are not done, by kind and state; `overdue_s` for how long the longest waiting of them has been due.
SELECT kind, state, count(*) AS jobs,
       coalesce(max(extract(epoch FROM clock_timestamp() - greatest(created, coalesce(not_before, created))))
           FILTER (WHERE state = 'queued' AND attempts = 0 AND coalesce(not_before, created) <= clock_timestamp()), 0)::float8 AS overdue_s
FROM job WHERE finished IS NULL GROUP BY kind, state
UNION ALL
SELECT kind, state, count(*), 0 FROM job WHERE finished IS NOT NULL AND error IS NOT NULL AND state = 'failed' GROUP BY kind, state;
