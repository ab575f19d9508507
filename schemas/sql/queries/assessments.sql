-- name: hold_event
-- Assessments of one event are saved one after the other.
SELECT revision FROM event WHERE event_key = $1 FOR UPDATE;

-- name: same_assessment
-- The assessment of event $1 from the facts $2, NULL if there is none; and the number of the next.
SELECT (SELECT record FROM assessment WHERE event_key = $1 AND facts_key = $2) AS record,
       (SELECT coalesce(max(revision), 0) + 1 FROM assessment WHERE event_key = $1) AS next_revision;

-- name: put_assessment
INSERT INTO assessment
    (event_key, revision, event_revision, mission, verdict, simulated, facts_key, facts_id, valid_at, known_at, record, records_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), $10, $11);

-- name: put_artefacts
-- Files of revision $2 of event $1: names $3, what their bytes are called $4, media types $5 and bytes $6. A name is given once; giving
-- it again with other bytes is an error the caller sees by the row that comes back.
WITH kept AS (
    INSERT INTO blob (blob_id, media_type, data)
    SELECT DISTINCT ON (blob_id) blob_id, media_type, data
    FROM unnest($4::text[], $5::text[], $6::bytea[]) AS u (blob_id, media_type, data) ORDER BY blob_id
    ON CONFLICT (blob_id) DO NOTHING
)
INSERT INTO artefact (event_key, revision, name, blob_id)
SELECT $1, $2, name, blob_id FROM unnest($3::text[], $4::text[]) AS u (name, blob_id)
ON CONFLICT (event_key, revision, name) DO UPDATE SET name = excluded.name
RETURNING name, blob_id;

-- name: assessment
-- $2 NULL: the last revision; $3 NULL: as known now. NULL where there is none; no row where there is no such event.
SELECT a.record FROM event e LEFT JOIN LATERAL (
    SELECT record FROM assessment
    WHERE event_key = e.event_key AND ($2::integer IS NULL OR revision = $2) AND ($3::timestamptz IS NULL OR known_at <= $3)
    ORDER BY revision DESC LIMIT 1
) a ON true
WHERE e.event_key = $1;

-- name: assessments
-- Every revision, newest first.
SELECT record FROM assessment WHERE event_key = $1 ORDER BY revision DESC;

-- name: artefacts
-- $2 NULL: of the last revision.
SELECT a.name, b.blob_id, b.media_type, octet_length(b.data) AS size FROM artefact a JOIN blob b USING (blob_id)
WHERE a.event_key = $1 AND a.revision = coalesce($2, (SELECT max(revision) FROM assessment WHERE event_key = $1))
ORDER BY a.name;

-- name: artefact
SELECT b.media_type, b.data FROM artefact a JOIN blob b USING (blob_id)
WHERE a.event_key = $1 AND a.name = $3
  AND a.revision = coalesce($2, (SELECT max(revision) FROM assessment WHERE event_key = $1));

-- name: outdated
-- Active events whose newest assessment by mission $1 was made by another version than $2, or whose limits rest on another response
-- than $3; $4 NULL: whenever they were, else T0 from then on. The newest first. Canaries are not made anew.
SELECT e.event_key, e.revision AS event_revision, a.revision, a.version, a.response
FROM event e
JOIN LATERAL (
    SELECT s.revision, s.record ->> 'version' AS version, s.record -> 'limits' ->> 'response_source' AS response
    FROM assessment s WHERE s.event_key = e.event_key AND s.mission = $1 ORDER BY s.revision DESC LIMIT 1
) a ON true
WHERE e.state = 'active' AND e.origin <> 'transients canary'
  AND ($4::timestamptz IS NULL OR e.t0 >= $4) AND (a.version <> $2 OR a.response <> $3)
ORDER BY e.t0 DESC NULLS LAST, e.event_key;

-- name: put_circular
INSERT INTO circular (event_key, assessment_revision, variant, facts_id, record) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_key, assessment_revision, variant) DO NOTHING
RETURNING event_key;

-- name: circular
-- $2 NULL: of the last assessment that has one; $3 NULL: as known now.
SELECT c.record, w.why FROM circular c
LEFT JOIN circular_withdrawal w ON w.event_key = c.event_key AND w.assessment_revision = c.assessment_revision
  AND w.variant = c.variant AND ($3::timestamptz IS NULL OR w.known_at <= $3)
WHERE c.event_key = $1 AND ($2::integer IS NULL OR c.assessment_revision = $2)
  AND ($3::timestamptz IS NULL OR c.known_at <= $3)
ORDER BY c.assessment_revision DESC, c.known_at DESC LIMIT 1;

-- name: circulars
SELECT c.record, w.why FROM circular c LEFT JOIN circular_withdrawal w USING (event_key, assessment_revision, variant)
ORDER BY c.known_at DESC LIMIT $1;

-- name: withdraw_circulars
-- Drafts of the event from assessments before $2; $3 why.
INSERT INTO circular_withdrawal (event_key, assessment_revision, variant, why)
SELECT event_key, assessment_revision, variant, $3 FROM circular WHERE event_key = $1 AND assessment_revision < $2
ON CONFLICT DO NOTHING
RETURNING assessment_revision;
