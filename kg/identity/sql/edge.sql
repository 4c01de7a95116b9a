-- Mentions that carry several identifiers join these: an edge from the first to each other one.
WITH placed AS (
  SELECT u.mention, n.node
  FROM usable u JOIN node n ON n.kind = u.kind AND n.scheme = u.scheme AND n.value = u.value
)
SELECT DISTINCT f.node AS a, p.node AS b
FROM placed p
JOIN (SELECT mention, min(node) AS node FROM placed GROUP BY mention) f ON f.mention = p.mention
WHERE f.node < p.node
