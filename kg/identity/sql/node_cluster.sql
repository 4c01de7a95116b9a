-- The cluster of each identifier: the first node of its component or, in a broken component, itself.
SELECT c.node, CASE WHEN b.component IS NULL THEN c.component ELSE c.node END AS cluster,
  c.component, b.component IS NOT NULL AS broken
FROM component c
LEFT JOIN (SELECT DISTINCT component FROM broken) b ON b.component = c.component
