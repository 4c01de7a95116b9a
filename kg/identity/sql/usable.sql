-- Identifiers by which mentions may be joined.
SELECT s.mention, s.kind, s.source, s.record, s.scheme, s.value
FROM single s
LEFT JOIN cut c ON c.mention = s.mention AND c.scheme = s.scheme AND c.value = s.value
WHERE c.mention IS NULL
