-- The cluster of each mention that has a usable identifier. Where a component is broken, the identifier that comes
-- first for the mention's source decides.
SELECT mention, kind, record, cluster
FROM (
  SELECT p.mention, p.kind, p.record, p.cluster,
    row_number() OVER (PARTITION BY p.mention ORDER BY o.nth, p.anchor) AS choice
  FROM placed p
  JOIN preference o ON o.kind = p.kind AND o.source = p.source AND o.scheme = p.scheme
) x
WHERE choice = 1
