-- name: inbox_parts
SELECT f.source, d.outcome, count(*) AS documents,
       sum(coalesce(d.size, octet_length(d.body)))::bigint AS bytes_came, coalesce(sum(octet_length(d.body)), 0)::bigint AS bytes_kept,
       count(*) FILTER (WHERE d.body IS NULL) AS expired, min(f.received) AS first, max(f.received) AS last
FROM document d
CROSS JOIN LATERAL (SELECT source, received FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
GROUP BY f.source, d.outcome
ORDER BY f.source, d.outcome;

-- name: expire_bodies
-- $1 patterns of topics as LIKE has them, $2 the instant of each before which bodies go; at most $3 documents.
WITH gone AS (
    SELECT d.content_id FROM document d
    WHERE d.body IS NOT NULL AND d.outcome IS NOT NULL
      AND d.known_at < (SELECT max(instant) FROM unnest($2::timestamptz[]) AS instant)
      AND NOT EXISTS (
          SELECT FROM delivery v WHERE v.content_id = d.content_id AND v.received >= coalesce((
              SELECT p.instant FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS p (pattern, instant, place)
              WHERE v.topic LIKE p.pattern ORDER BY p.place LIMIT 1
          ), '-infinity')
      )
      AND NOT EXISTS (
          SELECT FROM event_revision r JOIN assessment a USING (event_key) WHERE r.content_id = d.content_id
      )
    ORDER BY d.content_id
    LIMIT $3
    FOR NO KEY UPDATE OF d SKIP LOCKED
)
UPDATE document d SET size = octet_length(d.body), body = NULL, expired = clock_timestamp()
FROM gone WHERE d.content_id = gone.content_id
RETURNING d.size;
