-- What must hold of the whole database. Each query gives the places where it does not, with what is wrong there; none is the
-- good answer. They run in one snapshot, beside a service at work.

-- name: check_documents
-- Every document is understood within ten minutes, what was understood is there, and its bytes are those of its name.
SELECT content_id AS place, 'waits for a handler since ' || known_at AS message
FROM document WHERE outcome IS NULL AND known_at < clock_timestamp() - interval '10 minutes'
UNION ALL
SELECT content_id, 'is a ' || outcome || ' by ' || coalesce(handler_version, 'nobody') || ', but nothing says what was understood'
FROM document d WHERE outcome NOT IN ('heartbeat')
  AND NOT EXISTS (SELECT FROM parsed p WHERE p.content_id = d.content_id AND p.handler_version = d.handler_version AND p.outcome = d.outcome)
UNION ALL
SELECT content_id, 'its bytes are not those of its name' FROM document
WHERE body IS NOT NULL AND encode(sha256(body), 'hex') <> content_id
UNION ALL
SELECT content_id, 'no delivery brought it' FROM document d
WHERE outcome IS DISTINCT FROM 'heartbeat' AND NOT EXISTS (SELECT FROM delivery e WHERE e.content_id = d.content_id);

-- name: check_blobs
SELECT blob_id AS place, 'its bytes are not those of its name' AS message FROM blob WHERE encode(sha256(data), 'hex') <> blob_id;

-- name: check_lines
-- What was stored of a line lies before the position from which reading goes on, unless the topic was made anew.
SELECT p.source || ' ' || p.topic || ' ' || p.partition AS place,
       'its position is ' || p."offset" || ', and nothing was delivered with that offset' AS message
FROM line_position p
WHERE NOT EXISTS (
    SELECT FROM delivery d WHERE d.source = p.source AND d.topic = p.topic AND d.partition = p.partition AND d."offset" = p."offset"
) AND EXISTS (SELECT FROM delivery d WHERE d.source = p.source AND d.topic = p.topic AND d.partition = p.partition);

-- name: check_folding
-- Every notice is in the history of one event, and every entry of a history is a notice.
SELECT d.content_id AS place, 'a notice of ' || p.origin || ' ' || p.event_id || ' that is in no event' AS message
FROM document d JOIN parsed p USING (content_id, handler_version)
WHERE d.outcome = 'notice' AND NOT EXISTS (SELECT FROM event_revision r WHERE r.content_id = d.content_id)
UNION ALL
SELECT content_id, 'is in ' || count(DISTINCT event_key) || ' events: ' || string_agg(DISTINCT event_key, ', ')
FROM event_revision GROUP BY content_id HAVING count(DISTINCT event_key) > 1
UNION ALL
SELECT r.event_key || ', revision ' || r.revision, 'was made from ' || r.content_id || ', which is not here'
FROM event_revision r WHERE NOT EXISTS (SELECT FROM document d WHERE d.content_id = r.content_id);

-- name: check_events
-- Revisions count from one without a gap, the last is the current one, and what is known only grows.
SELECT e.event_key AS place,
       'stands at revision ' || e.revision || ', its history has ' || count(r.*) || ' up to ' || coalesce(max(r.revision), 0) AS message
FROM event e LEFT JOIN event_revision r USING (event_key)
GROUP BY e.event_key, e.revision
HAVING count(r.*) <> e.revision OR coalesce(max(r.revision), 0) <> e.revision
UNION ALL
SELECT event_key || ', revision ' || revision, 'was known before the revision before it'
FROM (SELECT event_key, revision, known_at, lag(known_at) OVER (PARTITION BY event_key ORDER BY revision) AS before FROM event_revision) r
WHERE known_at < before;

-- name: check_assessments
-- The same of assessments; each is of a revision of its event that there is, and its hash is that of its record.
SELECT event_key AS place, 'has ' || count(*) || ' assessments, numbered up to ' || max(revision) AS message
FROM assessment GROUP BY event_key HAVING count(*) <> max(revision)
UNION ALL
SELECT a.event_key || ', assessment ' || a.revision, 'is of revision ' || a.event_revision || ' of its event, which is not there'
FROM assessment a
WHERE NOT EXISTS (SELECT FROM event_revision r WHERE r.event_key = a.event_key AND r.revision = a.event_revision)
UNION ALL
SELECT event_key || ', assessment ' || revision, 'was known before the one before it'
FROM (SELECT event_key, revision, known_at, lag(known_at) OVER (PARTITION BY event_key ORDER BY revision) AS before FROM assessment) a
WHERE known_at < before
UNION ALL
SELECT event_key || ', assessment ' || revision, 'is for an older revision of the event than the assessment before it'
FROM (SELECT event_key, revision, event_revision, max(event_revision) OVER (
          PARTITION BY event_key ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS before FROM assessment) a
WHERE event_revision < before
UNION ALL
SELECT event_key || ', assessment ' || revision, 'its record is not what its hash was taken of'
FROM assessment WHERE encode(sha256(convert_to(record::text, 'UTF8')), 'hex') <> facts_id;

-- name: check_statements
-- What leaves the house names an assessment that there is (0: it is about the service itself), and drafts were written from the record
-- as it stands.
SELECT c.event_key || ', draft of assessment ' || c.assessment_revision AS place,
       'was not written from that assessment as it stands' AS message
FROM circular c JOIN assessment a ON a.event_key = c.event_key AND a.revision = c.assessment_revision
WHERE c.facts_id <> a.facts_id
UNION ALL
SELECT 'publication ' || publication_key, 'is of assessment ' || assessment_revision || ' of ' || event_key || ', which is not there'
FROM publication p
WHERE NOT EXISTS (SELECT FROM assessment a WHERE a.event_key = p.event_key AND a.revision = p.assessment_revision)
UNION ALL
SELECT 'message ' || message_key, 'is of assessment ' || assessment_revision || ' of ' || event_key || ', which is not there'
FROM message m
WHERE m.assessment_revision > 0 AND NOT EXISTS (SELECT FROM assessment a WHERE a.event_key = m.event_key AND a.revision = m.assessment_revision)
UNION ALL
SELECT 'publication ' || p.publication_key, 'is ' || p.state || ', its history ends with ' || coalesce(h.state, 'nothing')
FROM publication p
LEFT JOIN LATERAL (
    SELECT state FROM publication_history WHERE publication_key = p.publication_key ORDER BY position DESC LIMIT 1
) h ON true
WHERE h.state IS DISTINCT FROM p.state;

-- name: check_jobs
-- An open job waits or runs somewhere, a job that is over waits nowhere, and each revision of an event was assessed or is to be.
SELECT 'job ' || job_id AS place, kind || ' is ' || state || ' and in no queue: it ended at ' || finished AS message
FROM job WHERE state IN ('queued', 'running') AND finished IS NOT NULL
UNION ALL
SELECT 'job ' || job_id, kind || ' is ' || state || ' and in no queue: it has no lane'
FROM job WHERE finished IS NULL AND lane IS NULL AND coalesce(started, created) < clock_timestamp() - interval '2 minutes'
UNION ALL
SELECT 'job ' || job_id, kind || ' is ' || state || ' and still in the queue'
FROM job WHERE state IN ('done', 'failed') AND finished IS NULL
UNION ALL
SELECT e.event_key, 'revision ' || e.revision || ' was never assessed, and no job will'
FROM event e
WHERE NOT EXISTS (SELECT FROM assessment a WHERE a.event_key = e.event_key AND a.event_revision = e.revision)
  AND EXISTS (SELECT FROM job j WHERE j.event_key = e.event_key AND j.kind = 'assess')
  AND NOT EXISTS (
      SELECT FROM job j WHERE j.event_key = e.event_key AND j.kind = 'assess' AND j.state IN ('queued', 'running', 'failed')
  );

-- name: check_records
-- Every record of a kind, for reading: (place, record, version of the records).
SELECT event_key || ', revision ' || revision AS place, 'Event' AS kind, record::text AS record FROM event_revision
UNION ALL
SELECT event_key || ', assessment ' || revision, 'Assessment', record::text FROM assessment
UNION ALL
SELECT event_key || ', draft of assessment ' || assessment_revision, 'Circular', record::text FROM circular
UNION ALL
SELECT 'publication ' || publication_key, 'Publication', record::text FROM publication
UNION ALL
SELECT 'message ' || message_key, 'Message', record::text FROM message;

-- name: check_counts
SELECT (SELECT count(*) FROM document) AS documents, (SELECT count(*) FROM delivery) AS deliveries, (SELECT count(*) FROM blob) AS blobs,
       (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM event_revision) AS event_revisions,
       (SELECT count(*) FROM assessment) AS assessments, (SELECT count(*) FROM circular) AS circulars,
       (SELECT count(*) FROM publication) AS publications, (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM job) AS jobs;
