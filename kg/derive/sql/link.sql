-- Web pages of entities, each once.
SELECT e.entity AS subject, a.kind, a.url, a.role, a.label, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_link a
JOIN entity_record e ON e.mention = a.subject
QUALIFY row_number() OVER (
  PARTITION BY e.entity, a.url, a.role ORDER BY a.label NULLS LAST, a.source_record, a.subject) = 1
