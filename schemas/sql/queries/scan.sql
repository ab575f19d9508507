-- name: put_scan
INSERT INTO scan (scan_id, archive, record) VALUES ($1, $2, $3) ON CONFLICT (scan_id) DO NOTHING;

-- name: scans
SELECT record FROM scan ORDER BY known_at DESC, scan_id LIMIT $1;

-- name: put_candidates
-- The same window again is the same row. Gives the positions (from 1) of those that are new.
WITH given AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::float8[], $7::text[], $8::float8[],
                         $9::float8[], $10::text[])
        WITH ORDINALITY AS g (mission, instrument, started, start_utc, duration_s, classification, snr, far_hz, record, position)
), written AS (
    INSERT INTO candidate (scan_id, mission, instrument, started, start_utc, duration_s, classification, snr, far_hz, record)
    SELECT $1, mission, instrument, started, start_utc, duration_s, classification, snr, far_hz, record::json FROM given
    ORDER BY position
    ON CONFLICT (scan_id, mission, instrument, start_utc, duration_s) DO NOTHING
    RETURNING mission, instrument, start_utc, duration_s
)
SELECT g.position FROM given g JOIN written w USING (mission, instrument, start_utc, duration_s) ORDER BY g.position;

-- name: candidates
-- Newest first. What is NULL does not matter: $1 scan ('' the live search), $2 classification, $3 from, $4 before, $5 FAR at most.
SELECT candidate_id, scan_id, record, known_at FROM candidate
WHERE ($1::text IS NULL OR scan_id = $1) AND ($2::text IS NULL OR classification = $2)
  AND ($3::timestamptz IS NULL OR started >= $3) AND ($4::timestamptz IS NULL OR started < $4)
  AND ($5::float8 IS NULL OR far_hz <= $5)
ORDER BY started DESC, candidate_id DESC
LIMIT $6 OFFSET $7;

-- name: candidate_counts
SELECT classification, count(*) AS candidates FROM candidate
WHERE ($1::text IS NULL OR scan_id = $1) AND ($2::text IS NULL OR classification = $2)
  AND ($3::timestamptz IS NULL OR started >= $3) AND ($4::timestamptz IS NULL OR started < $4)
  AND ($5::float8 IS NULL OR far_hz <= $5)
GROUP BY classification ORDER BY classification;

-- name: claim_watch
-- No row: another holds it, and has said so within the last minute.
INSERT INTO watch_position (mission, instrument, holder, known_at) VALUES ($1, $2, $3, clock_timestamp())
ON CONFLICT (mission, instrument) DO UPDATE SET holder = excluded.holder, known_at = excluded.known_at
WHERE watch_position.holder = excluded.holder OR watch_position.known_at < clock_timestamp() - interval '60 seconds'
RETURNING settled_utc, seen_utc;

-- name: put_watch_position
-- No row: another took over.
UPDATE watch_position SET settled_utc = $4, seen_utc = $5, known_at = clock_timestamp()
WHERE mission = $1 AND instrument = $2 AND holder = $3
RETURNING mission;

-- name: watch_positions
SELECT mission, instrument, settled_utc, seen_utc, extract(epoch FROM clock_timestamp() - known_at)::float8 AS age_s
FROM watch_position WHERE seen_utc IS NOT NULL ORDER BY mission, instrument;
