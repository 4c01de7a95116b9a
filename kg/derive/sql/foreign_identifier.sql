-- Hard identifiers that a mention carries although they do not lie in its cluster.
SELECT c.mention, c.scheme, c.value
FROM carried c
LEFT JOIN placed p ON p.mention = c.mention AND p.scheme = c.scheme AND p.anchor = concat(c.scheme, ':', c.value)
LEFT JOIN clustered k ON k.mention = c.mention AND k.cluster = p.cluster
WHERE k.mention IS NULL
