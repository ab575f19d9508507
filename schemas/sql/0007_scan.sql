-- Blind search: scans of an archive, what they found, and what the live search finds. Only additions: a service of the version
-- before runs on beside this one.

-- Scans that were done. Its id is made of the parameters, the code's version and the contents of the files: the same scan is the
-- same row.
CREATE TABLE scan (
    scan_id  text PRIMARY KEY,
    archive  text NOT NULL,
    record   json NOT NULL,
    known_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What was found. `scan_id` is empty for the live search.
CREATE TABLE candidate (
    candidate_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scan_id        text NOT NULL,
    mission        text NOT NULL,
    instrument     text NOT NULL,
    started        timestamptz NOT NULL,
    -- Start of the window to the nanosecond, and its length: the same window is the same row.
    start_utc      text NOT NULL,
    duration_s     float8 NOT NULL,
    classification text NOT NULL,
    snr            float8 NOT NULL,
    far_hz         float8 NOT NULL,
    record         json NOT NULL,
    known_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (scan_id, mission, instrument, start_utc, duration_s)
);
CREATE INDEX candidate_newest ON candidate (started DESC);

-- How far the live search has come with each instrument: everything that began before `settled_utc` is known; `seen_utc` is the end
-- of the newest bin. One process at a time holds it, and says so with every step.
CREATE TABLE watch_position (
    mission     text NOT NULL,
    instrument  text NOT NULL,
    holder      text NOT NULL,
    settled_utc text,
    seen_utc    text,
    known_at    timestamptz NOT NULL,
    PRIMARY KEY (mission, instrument)
);
