-- Mentions that are cut off from an identifier, because their name contradicts the name that stands for it.
WITH judged AS (
  SELECT DISTINCT i.node, g.number, c.detail
  FROM contradiction c
  JOIN node i ON i.kind = 'person' AND i.scheme = c.scheme AND i.value = c.value
  JOIN signature g ON g.signature = c.signature
)
SELECT b.mention, b.node, j.detail
FROM borne b
JOIN signature g ON g.mention = b.mention
JOIN judged j ON j.node = b.node AND j.number = g.number
