-- Events and what was found about them. Nothing is overwritten: the current state is the last revision.

-- One row per event: the lock that folding takes, and the current state for listing.
CREATE TABLE event (
    event_key text PRIMARY KEY,
    revision  integer NOT NULL CHECK (revision >= 0),
    event_id  text NOT NULL,
    origin    text NOT NULL,
    messenger text NOT NULL,
    role      text NOT NULL,
    state     text NOT NULL,
    aliases   text[] NOT NULL DEFAULT '{}',
    t0        timestamptz,
    known_at  timestamptz NOT NULL
);
CREATE INDEX event_t0 ON event (t0 DESC NULLS LAST);
CREATE INDEX event_event_id ON event (event_id);
CREATE INDEX event_aliases ON event USING gin (aliases);

CREATE TABLE event_revision (
    event_key       text NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED,
    revision        integer NOT NULL CHECK (revision >= 1),
    -- The notice that made this revision: each is folded in once.
    content_id      text NOT NULL,
    -- When the notice came, which may be long before it was folded.
    valid_at        timestamptz NOT NULL,
    known_at        timestamptz NOT NULL,
    record          json NOT NULL,
    records_version integer NOT NULL,
    PRIMARY KEY (event_key, revision),
    UNIQUE (event_key, content_id)
);
CREATE INDEX event_revision_known ON event_revision (event_key, known_at);

-- Assessments count per event. facts_key names the event revision and the provenance of every part: the same facts are saved once.
CREATE TABLE assessment (
    event_key       text NOT NULL REFERENCES event,
    revision        integer NOT NULL CHECK (revision >= 1),
    event_revision  integer NOT NULL,
    mission         text NOT NULL,
    verdict         text NOT NULL,
    simulated       boolean NOT NULL,
    facts_key       text NOT NULL,
    -- SHA-256 of the record as encoded.
    facts_id        text NOT NULL,
    valid_at        timestamptz NOT NULL,
    known_at        timestamptz NOT NULL,
    record          json NOT NULL,
    records_version integer NOT NULL,
    PRIMARY KEY (event_key, revision),
    UNIQUE (event_key, facts_key)
);
CREATE INDEX assessment_known ON assessment (event_key, known_at);

-- Figures, fits, texts of an assessment, by name.
CREATE TABLE artefact (
    event_key text NOT NULL,
    revision  integer NOT NULL,
    name      text NOT NULL,
    blob_id   text NOT NULL REFERENCES blob,
    PRIMARY KEY (event_key, revision, name),
    FOREIGN KEY (event_key, revision) REFERENCES assessment
);

CREATE TABLE circular (
    event_key           text NOT NULL,
    assessment_revision integer NOT NULL,
    variant             text NOT NULL,
    facts_id            text NOT NULL,
    record              json NOT NULL,
    known_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_key, assessment_revision, variant),
    FOREIGN KEY (event_key, assessment_revision) REFERENCES assessment (event_key, revision)
);
