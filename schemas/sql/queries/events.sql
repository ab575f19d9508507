-- name: lock_events
-- Makes the rows of events that are new, and holds all until the transaction ends: two workers never fold at once. They are asked
-- for in the order of their keys, or two workers would wait for each other.
INSERT INTO event (event_key, revision, event_id, origin, messenger, role, state, known_at)
SELECT u.event_key, 0, u.event_id, u.origin, u.messenger, u.role, 'active', clock_timestamp()
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS u (event_key, event_id, origin, messenger, role)
ON CONFLICT (event_key) DO UPDATE SET event_key = excluded.event_key
RETURNING event_key, revision;

-- name: folded
-- Which of the notices ($1 events, $2 documents) are part of their events already.
SELECT event_key, content_id FROM event_revision
WHERE (event_key, content_id) IN (SELECT * FROM unnest($1::text[], $2::text[]));

-- name: last_events
SELECT r.event_key, r.record FROM event_revision r
JOIN unnest($1::text[], $2::integer[]) AS u (event_key, revision) USING (event_key, revision);

-- name: drop_empty_events
DELETE FROM event WHERE event_key = ANY ($1::text[]) AND revision = 0;

-- name: put_event_revisions
-- In order: known_at grows within an event.
INSERT INTO event_revision (event_key, revision, content_id, valid_at, known_at, record, records_version)
SELECT u.event_key, u.revision, u.content_id, u.valid_at, clock_timestamp(), u.record, $6::integer
FROM unnest($1::text[], $2::integer[], $3::text[], $4::timestamptz[], $5::json[])
    AS u (event_key, revision, content_id, valid_at, record);

-- name: set_events
-- $8 the aliases of each and $9 its names in their one form, as JSON arrays.
UPDATE event e SET revision = u.revision, event_id = u.event_id, origin = u.origin, messenger = u.messenger, role = u.role,
    state = u.state, aliases = ARRAY(SELECT json_array_elements_text(u.aliases)),
    names = ARRAY(SELECT json_array_elements_text(u.names)), t0 = u.t0, known_at = clock_timestamp()
FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::json[], $9::json[],
        $10::timestamptz[]) AS u (event_key, revision, event_id, origin, messenger, role, state, aliases, names, t0)
WHERE e.event_key = u.event_key;

-- name: event_as_of
-- $2 NULL: now.
SELECT record FROM event_revision
WHERE event_key = $1 AND ($2::timestamptz IS NULL OR known_at <= $2)
ORDER BY revision DESC LIMIT 1;

-- name: event_revisions
SELECT record, known_at FROM event_revision WHERE event_key = $1 ORDER BY revision;

-- name: event_keys
-- Events called so: by key, by identity, by an alias, or by one of the names $2 in their one form; latest first.
SELECT event_key FROM event
WHERE revision > 0 AND (event_key = $1 OR event_id = $1 OR aliases @> ARRAY[$1::text] OR names && $2::text[])
ORDER BY t0 DESC NULLS LAST, event_key;

-- name: find_events
-- Current events with their newest assessments, newest T0 first, and how many match in all. A NULL or empty text filters
-- nothing: $1 messenger, $2 part of the origin, $3 role, $4 part of a name, $5 T0 from, $6 T0 before; $7 limit, $8 offset. Canaries are
-- found by who asks for their origin or name.
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
  AND ($2::text IS NOT NULL OR $4::text <> '' OR e.origin <> 'transients canary')
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
  AND ($6::timestamptz IS NULL OR e.t0 < $6)
  AND ($2::text IS NOT NULL OR $4::text <> '' OR e.origin <> 'transients canary');
