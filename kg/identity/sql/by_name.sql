-- Organisations and venues by their exact name: the one organisation with a code that bears it, else a cluster of the
-- name, numbered by its first mention (below zero, apart from identifiers).
SELECT l.mention, CASE WHEN n.cluster IS NOT NULL THEN n.cluster ELSE -1 - f.first END AS cluster,
  CASE WHEN n.cluster IS NULL AND f.first = l.mention THEN concat('name:', l.label) END AS anchor
FROM labelled l
JOIN (SELECT kind, label, min(mention) AS first FROM labelled GROUP BY kind, label) f
  ON f.kind = l.kind AND f.label = l.label
LEFT JOIN coded_name n ON l.kind = 'organization' AND n.label = l.label
