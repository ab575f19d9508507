-- name: put_documents
-- Keeps alerts: documents, deliveries, how far each line was read, signs of life; all in this one statement. Gives the contents that
-- are new.
--   Contents, each once:                 $1 id, $2 bytes, $3 the source of its first delivery here.
--   Deliveries, each once, in order:     $4 content, $5 source, $6 topic, $7 partition, $8 offset, $9 received, $10 the same as
--                                        text, $11 broker's time, $12 headers, $13 how often it is here.
--   The last of each partition:          $14 source, $15 topic, $16 partition, $17 offset, $18 broker's time.
--   Each source:                         $19 name, $20 last received, $21 broker's time, $22 deliveries.
-- Contents are inserted in the order of their names, or two who insert the same would wait for each other; known_at follows the order
-- they were given in.
WITH new AS (
    INSERT INTO document (content_id, body, known_at)
    SELECT g.content_id, g.body, statement_timestamp() + g.position * interval '1 microsecond'
    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS g (content_id, body, position)
    ORDER BY g.content_id
    ON CONFLICT (content_id) DO NOTHING
    RETURNING content_id
),
roads AS (
    INSERT INTO delivery (content_id, source, topic, partition, "offset", received, received_utc, broker_utc, headers, times)
    SELECT * FROM unnest(
        $4::text[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::timestamptz[], $10::text[], $11::text[], $12::json[],
        $13::integer[]
    )
    WHERE (SELECT count(*) FROM new) >= 0
    ON CONFLICT (content_id, source, topic, coalesce(partition, -1), coalesce("offset", -1))
    DO UPDATE SET times = delivery.times + excluded.times
    RETURNING 1
),
read AS (
    -- What is read again after a crash does not take a line back; a topic that was made anew does, by the broker's time. That
    -- time may be its sender's own, and one of a far future must not hold the line where it is.
    INSERT INTO line_position AS l (source, topic, partition, "offset", broker_utc)
    SELECT * FROM unnest($14::text[], $15::text[], $16::integer[], $17::bigint[], $18::text[])
    WHERE (SELECT count(*) FROM roads) >= 0
    ON CONFLICT (source, topic, partition) DO UPDATE SET
        "offset" = excluded."offset", broker_utc = excluded.broker_utc, known_at = clock_timestamp()
    WHERE excluded."offset" > l."offset" OR excluded.broker_utc > l.broker_utc
    RETURNING 1
),
heard AS (
    INSERT INTO source_state (source, last_received, last_broker_utc, deliveries, duplicates)
    SELECT s.source, s.received, s.broker_utc, s.deliveries, s.deliveries - (
        SELECT count(*) FROM new JOIN unnest($1::text[], $3::text[]) AS g (content_id, source) USING (content_id)
        WHERE g.source = s.source
    )
    FROM unnest($19::text[], $20::timestamptz[], $21::text[], $22::bigint[]) AS s (source, received, broker_utc, deliveries)
    WHERE (SELECT count(*) FROM read) >= 0
    ON CONFLICT (source) DO UPDATE SET
        last_received = greatest(source_state.last_received, excluded.last_received),
        last_broker_utc = coalesce(excluded.last_broker_utc, source_state.last_broker_utc),
        deliveries = source_state.deliveries + excluded.deliveries,
        duplicates = source_state.duplicates + excluded.duplicates
    RETURNING 1
)
SELECT content_id FROM new WHERE (SELECT count(*) FROM heard) >= 0;

-- name: unparsed
-- The oldest documents without an outcome, each with its first delivery: at most $1, stored at least $2 seconds ago.
SELECT d.content_id, d.body, f.source, f.topic, f.partition, f."offset", f.received_utc, f.broker_utc, f.headers
FROM document d
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.outcome IS NULL AND d.known_at <= clock_timestamp() - $2 * interval '1 second'
ORDER BY d.known_at
LIMIT $1;

-- name: raw
-- Documents with their first deliveries. A body is NULL where it went by policy.
SELECT d.content_id, d.body, f.source, f.topic, f.partition, f."offset", f.received_utc, f.broker_utc, f.headers
FROM document d
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.content_id = ANY ($1::text[]);

-- name: deliveries
-- Every road by which a content came, in order.
SELECT source, topic, partition, "offset", received_utc, broker_utc, headers, times
FROM delivery WHERE content_id = $1 ORDER BY delivery_id;

-- name: lock_documents
-- Holds documents until the transaction ends, in the order of their names: nobody else says what they mean meanwhile.
SELECT content_id, handler_version FROM document WHERE content_id = ANY ($1::text[]) ORDER BY content_id FOR NO KEY UPDATE;

-- name: said
-- What a version of the handlers ($2) said about documents, each time it said something else; the last word last.
SELECT content_id, handler_version, record FROM parsed
WHERE content_id = ANY ($1::text[]) AND (handler_version = $2 OR starts_with(handler_version, $2 || '+'))
ORDER BY content_id, known_at;

-- name: tests_among
SELECT d.content_id FROM document d JOIN parsed p ON p.content_id = d.content_id AND p.handler_version = d.handler_version
WHERE d.content_id = ANY ($1::text[]) AND p.outcome = 'notice' AND p.role = 'test';

-- name: put_parsed
INSERT INTO parsed (content_id, handler_version, outcome, kind, origin, event_id, role, reason, record, records_version)
SELECT *, $10::integer FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::json[]
);

-- name: put_parsed_blobs
INSERT INTO parsed_blob (content_id, handler_version, position, blob_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[]);

-- name: set_outcomes
UPDATE document d SET outcome = u.outcome, handler_version = u.handler_version
FROM unnest($1::text[], $2::text[], $3::text[]) AS u (content_id, outcome, handler_version)
WHERE d.content_id = u.content_id;

-- name: clear_outcome
-- The document is parsed again.
UPDATE document SET outcome = NULL WHERE content_id = $1 AND body IS NOT NULL RETURNING content_id;

-- name: parsed
-- What the handler that spoke last made of a document.
SELECT p.record, p.handler_version FROM document d
JOIN parsed p ON p.content_id = d.content_id AND p.handler_version = d.handler_version
WHERE d.content_id = $1;

-- name: sayings
-- All that was ever made of a document, the last word last.
SELECT p.handler_version, p.record FROM parsed p JOIN document d USING (content_id)
WHERE p.content_id = $1
ORDER BY p.handler_version = d.handler_version, p.known_at;

-- name: parsed_blobs
SELECT b.blob_id, b.media_type, b.data FROM parsed_blob p JOIN blob b USING (blob_id)
WHERE p.content_id = $1 AND p.handler_version = $2 ORDER BY p.position;

-- name: notices
-- The notices of one event, in the order they came.
SELECT p.content_id, p.handler_version, p.record, f.received_utc FROM parsed p
JOIN document d ON d.content_id = p.content_id AND d.handler_version = p.handler_version
CROSS JOIN LATERAL (SELECT received_utc FROM delivery v WHERE v.content_id = p.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE p.outcome = 'notice' AND p.origin = $1 AND p.event_id = $2
ORDER BY d.known_at;

-- name: put_pointings
INSERT INTO pointing_update (content_id, mission, at, record)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::json[])
ON CONFLICT (content_id) DO UPDATE SET mission = excluded.mission, at = excluded.at, record = excluded.record;

-- name: pointings
-- Pointing updates of a mission up to an instant, latest first.
SELECT record FROM pointing_update WHERE mission = $1 AND at <= $2 ORDER BY at DESC LIMIT $3;

-- name: pointings_between
-- Pointing updates of a mission whose time lies in an interval, in order.
SELECT record FROM pointing_update WHERE mission = $1 AND at >= $2 AND at <= $3 ORDER BY at, content_id;

-- name: put_heartbeats
-- $1 documents, $2 their records, in order: the source of each one's first delivery is alive.
WITH beats AS (
    SELECT b.record, b.position, f.source
    FROM unnest($1::text[], $2::json[]) WITH ORDINALITY AS b (content_id, record, position)
    CROSS JOIN LATERAL (SELECT source FROM delivery v WHERE v.content_id = b.content_id ORDER BY v.delivery_id LIMIT 1) f
)
UPDATE source_state s SET heartbeats = s.heartbeats + n.beats, last_heartbeat = n.last
FROM (SELECT source, count(*) AS beats, (array_agg(record ORDER BY position DESC))[1] AS last FROM beats GROUP BY source) n
WHERE s.source = n.source;

-- name: drop_deliveries
-- Of heartbeats only the last is kept, with its source.
DELETE FROM delivery v WHERE content_id = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM parsed p WHERE p.content_id = v.content_id);

-- name: drop_documents
DELETE FROM document d WHERE content_id = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM parsed p WHERE p.content_id = d.content_id);

-- name: put_blob
-- $1 SHA-256, $2 media type, $3 bytes.
INSERT INTO blob (blob_id, media_type, data) VALUES ($1, $2, $3) ON CONFLICT (blob_id) DO NOTHING;

-- name: get_blob
SELECT media_type, data FROM blob WHERE blob_id = $1;
