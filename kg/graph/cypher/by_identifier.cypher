// Entities of any kind that carry one of these values as their own.
MATCH (i:Identifier)
WHERE i.value IN $q.values AND i.relation = 'self'
RETURN DISTINCT i.subject AS id ORDER BY id
