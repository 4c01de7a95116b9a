-- Values of a scheme of which one mention carries several: none of them can be trusted to be its own.
SELECT c.mention, c.kind, c.scheme, c.value
FROM carried c
JOIN (
  SELECT c.mention, c.scheme
  FROM carried c JOIN hard_scheme h ON h.kind = c.kind AND h.scheme = c.scheme
  WHERE NOT h.many
  GROUP BY c.mention, c.scheme HAVING count(*) > 1
) s ON s.mention = c.mention AND s.scheme = c.scheme
