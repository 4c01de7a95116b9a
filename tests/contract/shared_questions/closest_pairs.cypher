MATCH (a:Person)-[c:COLLABORATED]->(b:Person)
RETURN a.id AS a, b.id AS b, c.works + c.projects AS items ORDER BY items DESC, a, b LIMIT 50
