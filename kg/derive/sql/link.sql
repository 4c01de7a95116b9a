-- Web pages of entities, each once.
SELECT e.entity AS subject, min(a.kind) AS kind, a.url, a.role,
  arg_min(a.label, CASE WHEN a.label IS NOT NULL THEN a.rid END) AS label, min(a.rec) AS rec
FROM lake_link a
JOIN entity_of e ON e.mention = a.subject_n
GROUP BY e.entity, a.url, a.role
