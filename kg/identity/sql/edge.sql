-- Mentions that carry several identifiers join these: an edge from the first to each other one.
SELECT DISTINCT f.node AS a, u.node AS b
FROM usable u
JOIN (SELECT mention, min(node) AS node FROM usable GROUP BY mention HAVING count(*) > 1) f ON f.mention = u.mention
WHERE f.node < u.node
