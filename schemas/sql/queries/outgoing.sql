-- name: intend_publication
-- A row comes back only when nobody had the intent before.
INSERT INTO publication (publication_key, event_key, assessment_revision, channel, state, record)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (publication_key) DO NOTHING
RETURNING publication_key;

-- name: lock_publication
SELECT record FROM publication WHERE publication_key = $1 FOR UPDATE;

-- name: set_publication
UPDATE publication SET state = $2, record = $3, known_at = clock_timestamp() WHERE publication_key = $1;

-- name: put_publication_history
INSERT INTO publication_history (publication_key, position, state, record)
SELECT $1, coalesce(max(position), 0) + 1, $2, $3 FROM publication_history WHERE publication_key = $1;

-- name: publication
SELECT record FROM publication WHERE publication_key = $1;

-- name: publications
-- $1 NULL: of every event; $2 NULL: in any state.
SELECT record FROM publication
WHERE ($1::text IS NULL OR event_key = $1) AND ($2::text IS NULL OR state = $2)
ORDER BY known_at DESC LIMIT $3;

-- name: publication_states
SELECT state, known_at FROM publication_history WHERE publication_key = $1 ORDER BY position;

-- name: intend_message
INSERT INTO message (message_key, event_key, assessment_revision, state, record) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (message_key) DO NOTHING
RETURNING message_key;

-- name: lock_message
SELECT record FROM message WHERE message_key = $1 FOR UPDATE;

-- name: set_message
UPDATE message SET state = $2, record = $3, known_at = clock_timestamp() WHERE message_key = $1;

-- name: message
SELECT record FROM message WHERE message_key = $1;

-- name: messages
SELECT record FROM message
WHERE ($1::text IS NULL OR event_key = $1) AND ($2::text IS NULL OR state = $2)
ORDER BY known_at DESC LIMIT $3;

-- name: switch
SELECT value, who, known_at FROM switch WHERE name = $1 ORDER BY position DESC LIMIT 1;

-- name: set_switch
INSERT INTO switch (name, value, who) VALUES ($1, $2, $3);
