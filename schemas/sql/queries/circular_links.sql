-- name: put_circular_links
-- $4 the names of each, parted by the character 31. The same document understood anew replaces what it said.
INSERT INTO circular_link (circular_id, version, content_id, names, at, record)
SELECT u.circular_id, u.version, u.content_id, string_to_array(u.names, chr(31)), u.at, u.record
FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::json[])
    AS u (circular_id, version, content_id, names, at, record)
ORDER BY u.circular_id, u.version, u.content_id
ON CONFLICT (circular_id, version, content_id) DO UPDATE SET names = excluded.names, at = excluded.at, record = excluded.record;

-- name: circulars_of
-- Circulars whose newest edit has one of the names $1; the newest edit as its latest document has it.
SELECT record FROM (
    SELECT DISTINCT ON (circular_id) circular_id, names, record FROM circular_link
    WHERE circular_id IN (SELECT circular_id FROM circular_link WHERE names && $1::text[])
    ORDER BY circular_id, version DESC, known_at DESC
) newest
WHERE names && $1::text[]
ORDER BY length(circular_id), circular_id;

-- name: circular_edits
SELECT DISTINCT ON (version) record FROM circular_link WHERE circular_id = $1 ORDER BY version, known_at DESC;

-- name: events_of_circular
-- Events with one of the names of the newest edit; names are compared without blanks, hyphens, underscores and capitals.
SELECT e.event_key FROM event e, LATERAL (
    SELECT names FROM circular_link WHERE circular_id = $1 ORDER BY version DESC, known_at DESC LIMIT 1
) newest
WHERE e.revision > 0 AND EXISTS (
    SELECT FROM unnest(e.event_id || e.aliases) AS name
    WHERE lower(regexp_replace(name, '[[:space:]_-]+', '', 'g')) = ANY (newest.names)
)
ORDER BY e.t0 DESC NULLS LAST, e.event_key;
