-- name: refused
-- Refused documents, newest first. What is NULL does not matter: $1 reason, $2 kind, $3 source of the first delivery, $4 came from.
SELECT d.content_id, p.record, f.source, f.topic, f.partition, f."offset", f.received_utc,
       coalesce(d.size, octet_length(d.body)) AS size, d.body IS NULL AS expired
FROM document d
JOIN parsed p ON p.content_id = d.content_id AND p.handler_version = d.handler_version
CROSS JOIN LATERAL (SELECT * FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.outcome = 'refusal'
  AND ($1::text IS NULL OR p.reason = $1) AND ($2::text IS NULL OR p.kind = $2)
  AND ($3::text IS NULL OR f.source = $3) AND ($4::timestamptz IS NULL OR d.known_at >= $4)
ORDER BY d.known_at DESC, d.content_id
LIMIT $5 OFFSET $6;

-- name: refused_by_reason
-- The same conditions.
SELECT p.reason, count(*) AS documents
FROM document d
JOIN parsed p ON p.content_id = d.content_id AND p.handler_version = d.handler_version
CROSS JOIN LATERAL (SELECT source FROM delivery v WHERE v.content_id = d.content_id ORDER BY v.delivery_id LIMIT 1) f
WHERE d.outcome = 'refusal'
  AND ($1::text IS NULL OR p.reason = $1) AND ($2::text IS NULL OR p.kind = $2)
  AND ($3::text IS NULL OR f.source = $3) AND ($4::timestamptz IS NULL OR d.known_at >= $4)
GROUP BY p.reason
ORDER BY count(*) DESC, p.reason;

-- name: content_ids
-- Two at most: whoever asks wants one.
SELECT content_id FROM document WHERE content_id >= $1 AND content_id < $1 || 'g' ORDER BY content_id LIMIT 2;
