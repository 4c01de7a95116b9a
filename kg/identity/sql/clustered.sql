-- The cluster of every mention that is a thing of its own. Without a usable identifier works and projects stand for
-- themselves, organisations and venues go by their exact name, and persons are nobody in particular.
SELECT mention, kind, record, cluster FROM identified
UNION ALL
SELECT m.mention, m.kind, m.record,
  CASE WHEN m.kind = 'organization' AND n.cluster IS NOT NULL THEN n.cluster
       WHEN l.label IS NOT NULL THEN concat('name:', l.label)
       ELSE concat('record:', m.mention) END AS cluster
FROM mention m
LEFT JOIN identified i ON i.mention = m.mention
LEFT JOIN label l ON l.mention = m.mention AND l.kind = m.kind
LEFT JOIN coded_name n ON n.label = l.label
WHERE i.mention IS NULL AND m.kind <> 'person'
