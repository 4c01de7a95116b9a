// Their own identifiers.
MATCH (n)-[:HAS_IDENTIFIER]->(i:Identifier)
WHERE i.relation = 'self'
RETURN DISTINCT n.id AS entity, i.scheme AS scheme, i.value AS value ORDER BY entity, scheme, value
