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
