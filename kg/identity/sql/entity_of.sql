-- The entity of each mention, by number.
SELECT c.mention, c.kind, e.id AS entity
FROM clustered c JOIN entity e ON e.cluster = c.cluster
