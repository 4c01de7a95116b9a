MATCH (p:Person)-[a:AFFILIATED_WITH]->(:Organization {id: 'O9'})
WHERE a.kind <> 'education' AND a.current
RETURN DISTINCT p.id AS id ORDER BY id
