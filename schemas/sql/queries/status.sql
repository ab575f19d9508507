-- name: ping
-- Whether the database answers.
SELECT 1;

-- name: source_states
-- lag_s: since the last sign of life; silent: a silence goes on. A source that was never heard may have gaps.
SELECT coalesce(s.source, g.source) AS source, s.last_received, s.last_broker_utc, coalesce(s.deliveries, 0) AS deliveries,
       coalesce(s.duplicates, 0) AS duplicates, coalesce(s.heartbeats, 0) AS heartbeats, s.last_heartbeat,
       extract(epoch FROM clock_timestamp() - s.last_received)::float8 AS lag_s,
       coalesce(g.gaps, 0) AS gaps, coalesce(g.silent, false) AS silent
FROM source_state s
FULL JOIN (
    SELECT source, count(*) AS gaps, bool_or(reason = 'silence' AND record ->> 'until' IS NULL) AS silent
    FROM gap WHERE closed_at IS NULL GROUP BY source
) g USING (source)
ORDER BY 1;

-- name: totals
-- detections: events whose newest assessment is one.
SELECT (SELECT count(*) FROM event WHERE revision > 0) AS events,
       (SELECT count(*) FROM document WHERE outcome = 'notice') AS notices,
       (SELECT count(*) FROM document WHERE outcome = 'refusal') AS refused,
       (SELECT count(*) FROM (SELECT DISTINCT ON (event_key) verdict FROM assessment ORDER BY event_key, revision DESC) a
        WHERE verdict = 'detection') AS detections,
       (SELECT count(*) FROM job WHERE finished IS NULL) AS jobs;

-- name: backlog
-- Documents that wait for a handler.
SELECT count(*) AS unparsed FROM document WHERE outcome IS NULL;

-- name: notify
-- $1 JSON texts: told to every listener when the transaction ends.
SELECT pg_notify('transients_changed', said) FROM unnest($1::text[]) AS said;
