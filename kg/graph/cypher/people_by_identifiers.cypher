// People who carry one of these values as their own.
MATCH (i:Identifier)
WHERE i.value IN $q.values AND i.relation = 'self' AND i.kind = 'person'
RETURN DISTINCT i.subject AS id, i.scheme AS scheme, i.value AS value ORDER BY value, scheme, id
