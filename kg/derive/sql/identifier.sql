-- Identifiers of entities, each once. A hard identifier that a mention carries stays with the entity only where it
-- lies in the same cluster: one that was cut off, doubtful or broken is in `identity_conflict` instead.
WITH own AS (
  SELECT e.entity AS subject, a.kind, a.scheme, a.value, a.relation, a.url, a.source, a.source_record, a.content_hash,
    a.retrieved, a.subject AS mention
  FROM lake_identifier a
  JOIN entity_record e ON e.mention = a.subject AND e.kind = a.kind
  LEFT JOIN foreign_identifier f ON f.mention = a.subject AND f.scheme = a.scheme AND f.value = a.value
  WHERE f.mention IS NULL OR a.relation <> 'self'
)
SELECT subject, kind, scheme, value, relation, url, source, source_record, content_hash, retrieved
FROM own
QUALIFY row_number() OVER (
  PARTITION BY subject, scheme, value, relation ORDER BY url NULLS LAST, source_record, mention) = 1
