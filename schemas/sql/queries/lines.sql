-- name: positions
SELECT topic, partition, "offset", broker_utc FROM line_position WHERE source = $1;

-- name: put_gap
-- $1 source, $2 topic, $3 partition, $4 reason, $5 first offset, $6 since, $7 the record.
INSERT INTO gap (source, topic, partition, reason, first_offset, since, record) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (source, topic, coalesce(partition, -1), reason, coalesce(first_offset, -1), coalesce(since, ''))
DO UPDATE SET record = excluded.record
RETURNING gap_id;

-- name: close_gap
UPDATE gap SET closed_at = clock_timestamp(), closed_by = $2, closed_why = $3
WHERE gap_id = $1 AND closed_at IS NULL
RETURNING gap_id, record, known_at, closed_at, closed_by, closed_why;

-- name: gaps
-- $1 NULL: of every source; $2: only those that are open.
SELECT gap_id, record, known_at, closed_at, closed_by, closed_why FROM gap
WHERE ($1::text IS NULL OR source = $1) AND (NOT $2::boolean OR closed_at IS NULL)
ORDER BY gap_id DESC;

-- name: put_line_states
INSERT INTO line_state (source, condition, since_utc, reason, last_pulse_utc, known_at)
SELECT *, clock_timestamp() FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
ON CONFLICT (source) DO UPDATE SET condition = excluded.condition, since_utc = excluded.since_utc, reason = excluded.reason,
    last_pulse_utc = coalesce(excluded.last_pulse_utc, line_state.last_pulse_utc), known_at = excluded.known_at;

-- name: line_states
-- age_s: since it was said.
SELECT source, condition, since_utc, reason, last_pulse_utc, extract(epoch FROM clock_timestamp() - known_at)::float8 AS age_s
FROM line_state ORDER BY source;
