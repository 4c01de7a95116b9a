-- Identifiers of entities, each once. A hard identifier that a mention carries stays with the entity only where it
-- lies in the same cluster: one that was cut off, doubtful or broken is in `identity_conflict` instead.
WITH own AS (
  SELECT e.entity AS subject, a.kind, a.scheme, a.value, a.relation, a.url, a.rid, a.rec
  FROM lake_identifier a
  JOIN entity_of e ON e.mention = a.subject_n AND e.kind = a.kind
  LEFT JOIN foreign_identifier f
    ON f.mention = a.subject_n AND f.scheme = a.scheme AND f.value = a.value AND a.relation = 'self'
  WHERE f.mention IS NULL
)
SELECT subject, min(kind) AS kind, scheme, value, relation,
  arg_min(url, CASE WHEN url IS NOT NULL THEN rid END) AS url, min(rec) AS rec
FROM own
GROUP BY subject, scheme, value, relation
