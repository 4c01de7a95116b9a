-- The cluster of every mention that is a thing of its own. Without identifier and name, works, projects and the rest
-- stand for themselves.
SELECT i.mention, m.kind, i.cluster FROM identified i JOIN mention m ON m.mention = i.mention
UNION ALL
SELECT u.mention, u.kind, coalesce(n.cluster, -1 - u.mention)
FROM unnamed u LEFT JOIN by_name n ON n.mention = u.mention
