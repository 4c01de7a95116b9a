MATCH (p)-[a:AUTHORED]->(:Work {id: 'W52'})
RETURN CASE WHEN p:Person THEN p.id END AS person, a.name_as_written AS name_as_written ORDER BY a.position, a.path
