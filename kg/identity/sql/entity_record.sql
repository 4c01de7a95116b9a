-- FROM_RECORD: which entity each mention is.
SELECT c.mention, e.id AS entity, c.kind, c.record
FROM clustered c JOIN entity e ON e.kind = c.kind AND e.cluster = c.cluster
