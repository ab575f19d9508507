-- name: put_document
-- $1 content id, $2 bytes. A row comes back only when the content is new.
INSERT INTO document (content_id, body) VALUES ($1, $2)
ON CONFLICT (content_id) DO NOTHING
RETURNING content_id;

-- name: put_delivery
-- A row for this road; the same offset read again is counted on its row. Gives how often this delivery was seen.
INSERT INTO delivery (content_id, source, topic, partition, "offset", received, received_utc, broker_utc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (content_id, source, topic, coalesce(partition, -1), coalesce("offset", -1))
DO UPDATE SET times = delivery.times + 1
RETURNING times;

-- name: touch_source
-- $1 source, $2 received, $3 broker's time, $4 one if the content was known already.
INSERT INTO source_state (source, last_received, last_broker_utc, deliveries, duplicates) VALUES ($1, $2, $3, 1, $4)
ON CONFLICT (source) DO UPDATE SET
    last_received = greatest(source_state.last_received, excluded.last_received),
    last_broker_utc = coalesce(excluded.last_broker_utc, source_state.last_broker_utc),
    deliveries = source_state.deliveries + 1,
    duplicates = source_state.duplicates + excluded.duplicates;

-- name: unparsed
-- The oldest documents without an outcome, each with its first delivery.
SELECT d.content_id, d.body, f.source, f.topic, f.partition, f."offset", f.received_utc, f.broker_utc
FROM document d
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.outcome IS NULL
ORDER BY d.known_at
LIMIT $1;

-- name: raw
-- One document with its first delivery.
SELECT d.content_id, d.body, f.source, f.topic, f.partition, f."offset", f.received_utc, f.broker_utc
FROM document d
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.content_id = $1;

-- name: deliveries
-- Every road by which a content came, in order.
SELECT source, topic, partition, "offset", received_utc, broker_utc, times
FROM delivery WHERE content_id = $1 ORDER BY delivery_id;

-- name: put_parsed
-- A row comes back only when this version of the handler had not said so before.
INSERT INTO parsed (content_id, handler_version, outcome, kind, origin, event_id, role, reason, record, records_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (content_id, handler_version) DO NOTHING
RETURNING content_id;

-- name: put_parsed_blob
INSERT INTO parsed_blob (content_id, handler_version, position, blob_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: set_outcome
UPDATE document SET outcome = $2, handler_version = $3 WHERE content_id = $1 RETURNING content_id;

-- name: clear_outcome
-- The document is parsed again.
UPDATE document SET outcome = NULL WHERE content_id = $1 RETURNING content_id;

-- name: parsed
-- What the handler that spoke last made of a document.
SELECT p.record, p.handler_version FROM document d
JOIN parsed p ON p.content_id = d.content_id AND p.handler_version = d.handler_version
WHERE d.content_id = $1;

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

-- name: refused
-- Refused documents, newest first.
SELECT p.content_id, p.record, f.source, f.topic, f.received_utc FROM parsed p
JOIN document d ON d.content_id = p.content_id AND d.handler_version = p.handler_version
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = p.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE p.outcome = 'refusal'
ORDER BY p.known_at DESC, p.content_id
LIMIT $1 OFFSET $2;

-- name: put_pointing
INSERT INTO pointing_update (content_id, mission, at, record) VALUES ($1, $2, $3, $4)
ON CONFLICT (content_id) DO UPDATE SET mission = excluded.mission, at = excluded.at, record = excluded.record;

-- name: pointings
-- Pointing updates of a mission up to an instant, latest first.
SELECT record FROM pointing_update WHERE mission = $1 AND at <= $2 ORDER BY at DESC LIMIT $3;

-- name: put_heartbeat
-- The source of the document's first delivery is alive.
UPDATE source_state s SET heartbeats = s.heartbeats + 1, last_heartbeat = $2
FROM (SELECT source FROM delivery WHERE content_id = $1 ORDER BY delivery_id LIMIT 1) f
WHERE s.source = f.source;

-- name: drop_deliveries
-- Of heartbeats only the last is kept, with its source.
DELETE FROM delivery WHERE content_id = $1 AND NOT EXISTS (SELECT FROM parsed p WHERE p.content_id = $1);

-- name: drop_document
DELETE FROM document WHERE content_id = $1 AND NOT EXISTS (SELECT FROM parsed p WHERE p.content_id = $1);

-- name: put_blob
-- $1 SHA-256, $2 media type, $3 bytes.
INSERT INTO blob (blob_id, media_type, data) VALUES ($1, $2, $3) ON CONFLICT (blob_id) DO NOTHING;

-- name: get_blob
SELECT media_type, data FROM blob WHERE blob_id = $1;
