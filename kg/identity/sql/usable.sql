-- Identifiers by which mentions may be joined.
SELECT b.mention, b.source, b.node, b.scheme
FROM borne b
LEFT JOIN several_values v ON v.mention = b.mention AND v.node = b.node
LEFT JOIN cut c ON c.mention = b.mention AND c.node = b.node
WHERE v.mention IS NULL AND c.mention IS NULL
