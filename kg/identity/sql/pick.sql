-- Which cluster continues each minted id: the one that holds the anchor it was minted from, else its first anchor.
-- `age` is that of the id, not of the anchor.
SELECT id, cluster, age
FROM (
  SELECT m.id, a.cluster, f.age,
    row_number() OVER (PARTITION BY m.id ORDER BY m.origin DESC, m.anchor, a.cluster) AS choice
  FROM minted m
  JOIN (SELECT id, min(age) AS age FROM minted GROUP BY id) f ON f.id = m.id
  JOIN cluster_anchor a ON a.kind = m.kind AND a.anchor = m.anchor
) x
WHERE choice = 1
