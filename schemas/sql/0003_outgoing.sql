-- What leaves the house: an intent is written before anything is sent, and the state follows what the other side confirmed.

CREATE TABLE publication (
    publication_key     text PRIMARY KEY,
    event_key           text NOT NULL,
    assessment_revision integer NOT NULL,
    channel             text NOT NULL,
    state               text NOT NULL,
    record              json NOT NULL,
    known_at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX publication_event ON publication (event_key);

-- Every state it was in.
CREATE TABLE publication_history (
    publication_key text NOT NULL REFERENCES publication,
    position        integer NOT NULL,
    state           text NOT NULL,
    record          json NOT NULL,
    known_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (publication_key, position)
);

CREATE TABLE message (
    message_key         text PRIMARY KEY,
    event_key           text NOT NULL,
    assessment_revision integer NOT NULL,
    state               text NOT NULL,
    record              json NOT NULL,
    known_at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX message_event ON message (event_key);

-- Switches people turn (the hold of everything that leaves): the last row of a name is its value.
CREATE TABLE switch (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL,
    value    boolean NOT NULL,
    who      text NOT NULL,
    known_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX switch_name ON switch (name, position DESC);
