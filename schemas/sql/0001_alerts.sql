-- Alerts: the bytes as they came, each delivery of them, and what was understood.
--
-- Conventions of all tables:
--   record     the record as JSON text, byte for byte as encoded (type json, not jsonb: jsonb rewrites numbers and refuses
--              \u0000, so hashes would no longer agree). Columns beside it are what is searched.
--   known_at   when this database knew, by its own clock, after any lock was had: within one event it only grows.
--   *_utc      an instant as text with nanoseconds; the timestamptz beside it is the same cut at 1 µs, for searching.

-- One row per content, for ever. Heartbeats are the one exception: of them only the last is kept.
CREATE TABLE document (
    content_id      text PRIMARY KEY CHECK (content_id ~ '^[0-9a-f]{64}$'),
    body            bytea NOT NULL,
    known_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- NULL: not parsed yet, or to be parsed again.
    outcome         text CHECK (outcome IN ('notice', 'pointing', 'circular', 'refusal', 'heartbeat')),
    handler_version text
);
CREATE INDEX document_unparsed ON document (known_at) WHERE outcome IS NULL;

-- Each road by which a content came. The same offset read again (after a crash) is the same delivery, counted.
CREATE TABLE delivery (
    delivery_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_id   text NOT NULL REFERENCES document,
    source       text NOT NULL,
    topic        text NOT NULL,
    partition    integer,
    "offset"     bigint,
    received     timestamptz NOT NULL,
    received_utc text NOT NULL,
    broker_utc   text,
    times        integer NOT NULL DEFAULT 1
);
-- The content is part of the key: a topic that was made anew counts its offsets from 0 again.
CREATE UNIQUE INDEX delivery_once ON delivery (content_id, source, topic, coalesce(partition, -1), coalesce("offset", -1));

-- What a handler made of a document: one row per handler version, so that a better handler supersedes and does not erase.
CREATE TABLE parsed (
    content_id      text NOT NULL REFERENCES document,
    handler_version text NOT NULL,
    outcome         text NOT NULL,
    kind            text,
    -- For a notice: its event's identity. For a refusal: the stable word of the reason.
    origin          text,
    event_id        text,
    role            text,
    reason          text,
    record          json NOT NULL,
    records_version integer NOT NULL,
    known_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (content_id, handler_version)
);
CREATE INDEX parsed_event ON parsed (origin, event_id);
CREATE INDEX parsed_refusals ON parsed (known_at) WHERE outcome = 'refusal';

-- Bytes named by their SHA-256: sky maps, light curves, figures, limit maps.
CREATE TABLE blob (
    blob_id    text PRIMARY KEY CHECK (blob_id ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL,
    data       bytea NOT NULL,
    known_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Most of them are compressed already.
ALTER TABLE blob ALTER COLUMN data SET STORAGE EXTERNAL;

-- Blobs that came inside a document, in their order; the stored record does not repeat the bytes.
CREATE TABLE parsed_blob (
    content_id      text NOT NULL,
    handler_version text NOT NULL,
    position        integer NOT NULL,
    blob_id         text NOT NULL REFERENCES blob,
    PRIMARY KEY (content_id, handler_version, position),
    FOREIGN KEY (content_id, handler_version) REFERENCES parsed
);

-- Where a spacecraft said it would point.
CREATE TABLE pointing_update (
    content_id text PRIMARY KEY REFERENCES document,
    mission    text NOT NULL,
    at         timestamptz NOT NULL,
    record     json NOT NULL,
    known_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX pointing_update_at ON pointing_update (mission, at);

-- The state of each source: the last sign of life, and the counts.
CREATE TABLE source_state (
    source          text PRIMARY KEY,
    last_received   timestamptz NOT NULL,
    last_broker_utc text,
    deliveries      bigint NOT NULL DEFAULT 0,
    duplicates      bigint NOT NULL DEFAULT 0,
    heartbeats      bigint NOT NULL DEFAULT 0,
    last_heartbeat  json
);
