-- Intake: what the carrier said beside the bytes, how far each line was read and what it may have lost, circulars of events,
-- and bodies that go by policy. Only additions: a service of the version before runs on beside this one.

-- What the carrier said beside the bytes (Kafka's headers), as a JSON object of texts; NULL: nothing.
ALTER TABLE delivery ADD COLUMN headers json;

-- A body removed by the inbox's retention is NULL: then `size` says how many bytes it had and `expired` when it went. Everything
-- else about the document stays.
ALTER TABLE document ALTER COLUMN body DROP NOT NULL;
ALTER TABLE document ADD COLUMN size bigint, ADD COLUMN expired timestamptz;
ALTER TABLE document ADD CONSTRAINT document_body_or_expired
    CHECK (body IS NOT NULL OR (size IS NOT NULL AND expired IS NOT NULL)) NOT VALID;

-- The last message of each partition that is in the inbox: where reading goes on when the broker forgot it.
CREATE TABLE line_position (
    source     text NOT NULL,
    topic      text NOT NULL,
    partition  integer NOT NULL,
    "offset"   bigint NOT NULL,
    broker_utc text,
    known_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, topic, partition)
);
INSERT INTO line_position (source, topic, partition, "offset", broker_utc)
SELECT DISTINCT ON (source, topic, partition) source, topic, partition, "offset", broker_utc
FROM delivery WHERE partition IS NOT NULL AND "offset" IS NOT NULL
ORDER BY source, topic, partition, broker_utc DESC NULLS LAST, "offset" DESC;

-- Stretches of a line in which alerts may be missing. A silence grows until the line is heard again; nothing else changes but that
-- a gap is closed, once.
CREATE TABLE gap (
    gap_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text NOT NULL,
    topic        text NOT NULL,
    partition    integer,
    reason       text NOT NULL,
    first_offset bigint,
    since        text,
    record       json NOT NULL,
    known_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at    timestamptz,
    closed_by    text,
    closed_why   text
);
-- The same gap told again is the same row.
CREATE UNIQUE INDEX gap_once ON gap
    (source, topic, coalesce(partition, -1), reason, coalesce(first_offset, -1), coalesce(since, ''));
CREATE INDEX gap_open ON gap (source) WHERE closed_at IS NULL;

-- How the line of each source is, as the process that listens says every few seconds; a row that grew old says that none does.
CREATE TABLE line_state (
    source         text PRIMARY KEY,
    condition      text NOT NULL,
    since_utc      text NOT NULL,
    reason         text NOT NULL,
    last_pulse_utc text,
    known_at       timestamptz NOT NULL
);

-- Circulars, one row for each edit of each and each document that brought it. `names`: what it calls its event, each in its one form;
-- an event has the same, so that a circular finds its event and an event its circulars, whichever comes first.
CREATE TABLE circular_link (
    circular_id text NOT NULL,
    version     integer NOT NULL,
    content_id  text NOT NULL REFERENCES document,
    names       text[] NOT NULL,
    record      json NOT NULL,
    known_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (circular_id, version, content_id)
);
CREATE INDEX circular_link_names ON circular_link USING gin (names);
CREATE INDEX circular_link_content ON circular_link (content_id);

-- NULL: an event of the version before, not named yet.
ALTER TABLE event ADD COLUMN names text[];
CREATE INDEX event_names ON event USING gin (names);
CREATE INDEX event_unnamed ON event (event_key) WHERE names IS NULL;

-- What stands in quarantine now, by reason.
CREATE INDEX document_refused ON document (known_at) WHERE outcome = 'refusal';
