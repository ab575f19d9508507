-- name: lock_event
-- Makes the row when the event is new, and holds it until the transaction ends: two workers never fold at once.
INSERT INTO event (event_key, revision, event_id, origin, messenger, role, state, known_at)
VALUES ($1, 0, $2, $3, $4, $5, 'active', clock_timestamp())
ON CONFLICT (event_key) DO UPDATE SET event_key = excluded.event_key
RETURNING revision;

-- name: folded
-- Whether this notice is part of the event already.
SELECT revision FROM event_revision WHERE event_key = $1 AND content_id = $2;

-- name: last_event
SELECT record FROM event_revision WHERE event_key = $1 ORDER BY revision DESC LIMIT 1;

-- name: drop_empty_event
-- The folding made nothing of an event's first notice.
DELETE FROM event WHERE event_key = $1 AND revision = 0;

-- name: put_event_revision
INSERT INTO event_revision (event_key, revision, content_id, valid_at, known_at, record, records_version)
VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6);

-- name: set_event
UPDATE event SET revision = $2, event_id = $3, origin = $4, messenger = $5, role = $6, state = $7, aliases = $8, t0 = $9,
    known_at = clock_timestamp()
WHERE event_key = $1;

-- name: event_as_of
-- $2 NULL: now.
SELECT record FROM event_revision
WHERE event_key = $1 AND ($2::timestamptz IS NULL OR known_at <= $2)
ORDER BY revision DESC LIMIT 1;

-- name: event_revisions
SELECT record, known_at FROM event_revision WHERE event_key = $1 ORDER BY revision;

-- name: event_keys
-- Events called so: by key, by identity, or by an alias; latest first.
SELECT event_key FROM event
WHERE revision > 0 AND (event_key = $1 OR event_id = $1 OR aliases @> ARRAY[$1::text])
ORDER BY t0 DESC NULLS LAST, event_key;

-- name: find_events
-- Current events with their newest assessments, newest T0 first, and how many match in all. A NULL or empty text filters
-- nothing: $1 messenger, $2 part of the origin, $3 role, $4 part of a name, $5 T0 from, $6 T0 before; $7 limit, $8 offset.
SELECT r.record AS event, a.record AS assessment, count(*) OVER () AS total
FROM event e
JOIN event_revision r ON r.event_key = e.event_key AND r.revision = e.revision
LEFT JOIN LATERAL (
    SELECT record FROM assessment s WHERE s.event_key = e.event_key ORDER BY s.revision DESC LIMIT 1
) a ON true
WHERE ($1::text IS NULL OR e.messenger = $1)
  AND ($2::text IS NULL OR strpos(lower(e.origin), lower($2)) > 0)
  AND ($3::text IS NULL OR e.role = $3)
  AND ($4::text = '' OR strpos(lower(e.event_key), lower($4)) > 0
       OR EXISTS (SELECT FROM unnest(e.aliases) alias WHERE strpos(lower(alias), lower($4)) > 0))
  AND ($5::timestamptz IS NULL OR e.t0 >= $5)
  AND ($6::timestamptz IS NULL OR e.t0 < $6)
ORDER BY e.t0 DESC NULLS LAST, e.event_key
LIMIT $7 OFFSET $8;

-- name: count_events
-- For a page beyond the last one, which has no row to carry the number.
SELECT count(*) AS total FROM event e
WHERE e.revision > 0
  AND ($1::text IS NULL OR e.messenger = $1)
  AND ($2::text IS NULL OR strpos(lower(e.origin), lower($2)) > 0)
  AND ($3::text IS NULL OR e.role = $3)
  AND ($4::text = '' OR strpos(lower(e.event_key), lower($4)) > 0
       OR EXISTS (SELECT FROM unnest(e.aliases) alias WHERE strpos(lower(alias), lower($4)) > 0))
  AND ($5::timestamptz IS NULL OR e.t0 >= $5)
  AND ($6::timestamptz IS NULL OR e.t0 < $6);
