// Organisations by name, id or code.
MATCH (o:Organization {id: $q.exact}) RETURN o.id AS id
UNION MATCH (o:Organization) WHERE o.key_ja = $q.key RETURN o.id AS id
UNION MATCH (o:Organization) WHERE o.key_en = $q.key RETURN o.id AS id
UNION MATCH (i:Identifier) WHERE i.value = $q.exact AND i.kind = 'organization' AND i.relation = 'self' RETURN i.subject AS id
