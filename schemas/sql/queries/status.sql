-- name: ping
-- Whether the database answers.
SELECT 1;

-- name: source_states
-- lag_s: since the last sign of life.
SELECT source, last_received, last_broker_utc, deliveries, duplicates, heartbeats,
       extract(epoch FROM clock_timestamp() - last_received)::float8 AS lag_s
FROM source_state ORDER BY source;

-- name: totals
-- detections: events whose newest assessment is one.
SELECT (SELECT count(*) FROM event WHERE revision > 0) AS events,
       (SELECT count(*) FROM document WHERE outcome = 'notice') AS notices,
       (SELECT count(*) FROM document WHERE outcome = 'refusal') AS refused,
       (SELECT count(*) FROM (SELECT DISTINCT ON (event_key) verdict FROM assessment ORDER BY event_key, revision DESC) a
        WHERE verdict = 'detection') AS detections,
       (SELECT count(*) FROM job WHERE state IN ('queued', 'running')) AS jobs;

-- name: backlog
-- Documents that wait for a handler.
SELECT count(*) AS unparsed FROM document WHERE outcome IS NULL;

-- name: notify
-- $1 JSON text: told to every listener when the transaction ends.
SELECT pg_notify('transients_changed', $1);
