-- The cluster of each mention that has a usable identifier. Where a component is broken, the identifier that comes
-- first for the mention's source decides.
SELECT u.mention, min(c.cluster) AS cluster
FROM usable u JOIN node_cluster c ON c.node = u.node
WHERE NOT c.broken
GROUP BY u.mention
UNION ALL
SELECT mention, cluster
FROM (
  SELECT u.mention, c.cluster, row_number() OVER (PARTITION BY u.mention ORDER BY o.nth, u.node) AS choice
  FROM usable u
  JOIN node_cluster c ON c.node = u.node
  JOIN preference o ON o.scheme = u.scheme AND o.source = u.source
  WHERE c.broken
) x
WHERE choice = 1
