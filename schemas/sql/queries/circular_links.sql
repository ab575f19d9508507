-- name: put_circular_links
-- $4: the names of each as a JSON array. The same document understood anew replaces what it said.
INSERT INTO circular_link (circular_id, version, content_id, names, record)
SELECT u.circular_id, u.version, u.content_id, ARRAY(SELECT json_array_elements_text(u.names)), u.record
FROM unnest($1::text[], $2::integer[], $3::text[], $4::json[], $5::json[])
    AS u (circular_id, version, content_id, names, record)
ORDER BY u.circular_id, u.version, u.content_id
ON CONFLICT (circular_id, version, content_id) DO UPDATE SET names = excluded.names, record = excluded.record;

-- name: circulars_of
-- Circulars whose newest edit has one of the names of the event $1; the newest edit as its latest document has it.
WITH said AS (SELECT names FROM event WHERE event_key = $1)
SELECT newest.record FROM said, (
    SELECT DISTINCT ON (circular_id) circular_id, names, record FROM circular_link
    WHERE circular_id IN (SELECT circular_id FROM circular_link, said WHERE circular_link.names && said.names)
    ORDER BY circular_id, version DESC, known_at DESC
) newest
WHERE newest.names && said.names
ORDER BY length(newest.circular_id), newest.circular_id;

-- name: circular_edits
SELECT DISTINCT ON (version) record FROM circular_link WHERE circular_id = $1 ORDER BY version, known_at DESC;

-- name: events_of_circular
SELECT e.event_key FROM event e, (
    SELECT names FROM circular_link WHERE circular_id = $1 ORDER BY version DESC, known_at DESC LIMIT 1
) newest
WHERE e.revision > 0 AND e.names && newest.names
ORDER BY e.t0 DESC NULLS LAST, e.event_key;

-- name: events_by_circulars
-- Events that share a name with circulars that have one of the names $1.
SELECT DISTINCT e.event_key, e.t0 FROM event e JOIN circular_link c ON e.names && c.names
WHERE e.revision > 0 AND c.names && $1::text[]
ORDER BY e.t0 DESC NULLS LAST, e.event_key;

-- name: unnamed_events
SELECT event_key, origin, event_id, aliases FROM event WHERE names IS NULL AND revision > 0 ORDER BY event_key LIMIT $1;

-- name: name_events
UPDATE event e SET names = ARRAY(SELECT json_array_elements_text(u.names))
FROM unnest($1::text[], $2::json[]) AS u (event_key, names)
WHERE e.event_key = u.event_key AND e.names IS NULL;
