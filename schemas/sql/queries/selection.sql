-- name: select_deliveries
-- Deliveries after the one numbered $1, in the order they came, each with its bytes. What is NULL does not matter: $2 contents,
-- $3 source, $4 topic, received from $5 up to and without $6, offsets from $7 up to and without $8. At most $9.
SELECT v.delivery_id, d.content_id, d.body, v.source, v.topic, v.partition, v."offset", v.received_utc, v.broker_utc, v.headers
FROM delivery v JOIN document d USING (content_id)
WHERE v.delivery_id > $1 AND d.body IS NOT NULL
  AND ($2::text[] IS NULL OR v.content_id = ANY ($2)) AND ($3::text IS NULL OR v.source = $3) AND ($4::text IS NULL OR v.topic = $4)
  AND ($5::timestamptz IS NULL OR v.received >= $5) AND ($6::timestamptz IS NULL OR v.received < $6)
  AND ($7::bigint IS NULL OR v."offset" >= $7) AND ($8::bigint IS NULL OR v."offset" < $8)
ORDER BY v.delivery_id
LIMIT $9;
