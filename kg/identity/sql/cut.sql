-- Mentions that are cut off from an identifier, because their name contradicts the name that stands for it.
SELECT s.mention, s.kind, s.scheme, s.value, c.detail
FROM single s
JOIN signature g ON g.mention = s.mention
JOIN contradiction c ON c.scheme = s.scheme AND c.value = s.value AND c.signature = g.signature
WHERE s.kind = 'person'
