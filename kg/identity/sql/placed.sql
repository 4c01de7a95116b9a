-- Where each identifier of a mention lies: its cluster is the component's first anchor or, in a broken component,
-- the identifier itself.
SELECT u.mention, u.kind, u.source, u.record, u.scheme, n.anchor, c.component, b.component IS NOT NULL AS broken,
  CASE WHEN b.component IS NOT NULL THEN n.anchor ELSE root.anchor END AS cluster
FROM usable u
JOIN node n ON n.kind = u.kind AND n.scheme = u.scheme AND n.value = u.value
JOIN component c ON c.node = n.node
JOIN node root ON root.node = c.component
LEFT JOIN (SELECT DISTINCT component FROM broken) b ON b.component = c.component
