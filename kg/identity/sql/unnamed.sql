-- Mentions that are things of their own although no identifier says which: all but persons.
SELECT m.mention, m.kind
FROM mention m
LEFT JOIN identified i ON i.mention = m.mention
WHERE i.mention IS NULL AND m.kind <> 'person'
