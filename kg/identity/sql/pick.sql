-- Which cluster continues each minted id: of the anchors that it still holds the one it was minted from decides, else
-- the first. An anchor that was dropped says nothing: an id must not come to mean somebody else.
SELECT id, cluster, age
FROM (
  SELECT m.id, a.cluster, m.age,
    row_number() OVER (PARTITION BY m.id ORDER BY m.origin DESC, m.anchor, a.cluster) AS choice
  FROM minted m JOIN cluster_anchor a ON a.kind = m.kind AND a.anchor = m.anchor
  WHERE m.held
) x
WHERE choice = 1
