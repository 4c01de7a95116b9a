-- Every anchor by which a cluster can be known again.
SELECT n.kind, c.cluster, n.anchor
FROM node n
JOIN node_cluster c ON c.node = n.node
WHERE c.cluster IN (SELECT cluster FROM clustered)
UNION ALL
SELECT u.kind, -1 - u.mention, n.anchor
FROM unnamed u JOIN by_name n ON n.mention = u.mention WHERE n.anchor IS NOT NULL
UNION ALL
SELECT k.kind, k.cluster, concat('record:', t.id)
FROM clustered k
JOIN (
  SELECT id_n, id FROM lake_work
  UNION ALL SELECT id_n, id FROM lake_project
  UNION ALL SELECT id_n, id FROM lake_organization
  UNION ALL SELECT id_n, id FROM lake_venue
) t ON t.id_n = k.mention
LEFT JOIN by_name n ON n.mention = k.mention
WHERE k.cluster = -1 - k.mention AND n.mention IS NULL
