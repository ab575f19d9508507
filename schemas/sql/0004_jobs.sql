-- Jobs: one row each, for ever, readable by event. PgQueuer's own tables (in the schema pgqueuer, made by that library when
-- migrating) say only which of them waits or runs where; they are emptied as jobs end.
CREATE TABLE job (
    job_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL,
    event_key  text,
    payload    json NOT NULL,
    -- The same key is never queued twice, done or not.
    dedupe_key text UNIQUE,
    priority   integer NOT NULL,
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,
    not_before timestamptz,
    created    timestamptz NOT NULL DEFAULT clock_timestamp(),
    started    timestamptz,
    finished   timestamptz,
    -- What went wrong the last time: kind and message.
    error      text
);
CREATE INDEX job_event ON job (event_key, job_id);
CREATE INDEX job_open ON job (state) WHERE state <> 'done';
