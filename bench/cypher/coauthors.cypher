MATCH (:Person {id: $person})-[c:COLLABORATED]-(q:Person)
RETURN q.id, c.works, c.projects, c.last_year ORDER BY c.works + c.projects DESC, c.last_year DESC LIMIT 50
