-- Ids that were given out before and are not in use now.
SELECT m.id AS old, e.id AS new,
  CASE WHEN e.id IS NULL THEN 'no record speaks of it any longer' ELSE 'joined by identifiers' END AS reason
FROM (SELECT DISTINCT id FROM minted) m
LEFT JOIN entity live ON live.id = m.id
LEFT JOIN pick p ON p.id = m.id
LEFT JOIN entity e ON e.cluster = p.cluster
WHERE live.id IS NULL
