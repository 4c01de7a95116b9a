-- Person identifiers under which differing names stand, with each name and how many mentions bear it.
-- Tier 0: own profile at the identifier's home; 1: own profile elsewhere; 2: somebody else's record.
WITH named AS (
  SELECT s.scheme, s.value, g.signature,
    CASE WHEN NOT s.profile THEN 2 WHEN s.source = h.home THEN 0 ELSE 1 END AS tier, s.source
  FROM single s
  JOIN signature g ON g.mention = s.mention
  JOIN hard_scheme h ON h.kind = s.kind AND h.scheme = s.scheme
  WHERE s.kind = 'person'
),
differing AS (
  SELECT scheme, value FROM named GROUP BY scheme, value HAVING min(signature) <> max(signature)
)
SELECT n.scheme, n.value, n.signature, n.tier, n.source, count(*) AS mentions
FROM named n JOIN differing d ON d.scheme = n.scheme AND d.value = n.value
GROUP BY n.scheme, n.value, n.signature, n.tier, n.source
