-- Identifiers of mentions by number. `tier`: how much the mention's name counts for the identifier: 0 own profile at the
-- identifier's home, 1 own profile elsewhere, 2 somebody else's record.
SELECT c.mention, c.source, n.node, h.nth AS scheme,
  CASE WHEN NOT c.profile THEN 2 WHEN c.source = h.home THEN 0 ELSE 1 END AS tier
FROM carried c
JOIN node n ON n.kind = c.kind AND n.scheme = c.scheme AND n.value = c.value
JOIN hard_scheme h ON h.kind = c.kind AND h.scheme = c.scheme
