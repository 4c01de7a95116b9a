MATCH (p)-[m:MEMBER_OF]->(:Project {id: 'R52'})
RETURN CASE WHEN p:Person THEN p.id END AS person, m.role AS role, m.name_as_written AS name_as_written
ORDER BY m.position, m.path
