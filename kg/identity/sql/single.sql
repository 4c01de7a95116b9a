-- What is left of `carried` without the schemes of which a mention has several values.
SELECT c.mention, c.kind, c.source, c.record, c.profile, c.scheme, c.value
FROM carried c
LEFT JOIN several_values s ON s.mention = c.mention AND s.scheme = c.scheme AND s.value = c.value
WHERE s.mention IS NULL
