// Organisations by name, id or code.
MATCH (o:Organization {id: $exact}) RETURN o.id AS id
UNION MATCH (o:Organization) WHERE o.key_ja = $key RETURN o.id AS id
UNION MATCH (o:Organization) WHERE o.key_en = $key RETURN o.id AS id
UNION MATCH (i:Identifier) WHERE i.value = $exact AND i.kind = 'organization' AND i.relation = 'self' RETURN i.subject AS id
