MATCH (p:Person)-[:MEMBER_OF {role: 'principal_investigator'}]->() RETURN DISTINCT p.id AS id ORDER BY id
