-- Person identifiers under which differing names stand, with each name and how many mentions bear it.
WITH named AS (
  SELECT b.node, g.number, b.tier, b.source
  FROM borne b
  JOIN signature g ON g.mention = b.mention
  LEFT JOIN several_values v ON v.mention = b.mention AND v.node = b.node
  WHERE v.mention IS NULL
),
differing AS (
  SELECT node FROM named GROUP BY node HAVING min(number) <> max(number)
),
counted AS (
  SELECT n.node, n.number, n.tier, n.source, count(*) AS mentions
  FROM named n JOIN differing d ON d.node = n.node
  GROUP BY n.node, n.number, n.tier, n.source
)
SELECT i.scheme, i.value, g.signature, c.tier, c.source, c.mentions
FROM counted c
JOIN node i ON i.node = c.node
JOIN signature g ON g.mention = c.number
