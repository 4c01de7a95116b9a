-- Identifiers of a scheme of which one mention carries several values: none of them can be trusted to be its own.
SELECT b.mention, b.node
FROM borne b
JOIN (
  SELECT b.mention, b.scheme
  FROM borne b JOIN hard_scheme h ON h.nth = b.scheme
  WHERE NOT h.many
  GROUP BY b.mention, b.scheme HAVING count(*) > 1
) s ON s.mention = b.mention AND s.scheme = b.scheme
