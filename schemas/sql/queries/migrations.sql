-- name: lock_migrations
-- $1: any fixed number; one process at a time, to the end of its transaction.
SELECT pg_advisory_xact_lock($1);

-- name: has_ledger
-- Whether anything was ever migrated here.
SELECT to_regclass('migration') IS NOT NULL;

-- name: make_ledger
-- What was run. checksum: SHA-256 of the file as it was run.
CREATE TABLE IF NOT EXISTS migration (
    name     text PRIMARY KEY,
    checksum text NOT NULL,
    known_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- name: ledger
-- All that was run.
SELECT name, checksum FROM migration;

-- name: note_migration
-- $1 name, $2 checksum.
INSERT INTO migration (name, checksum) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum;
