MATCH (:Person {id: 'P01'})-[a:AFFILIATED_WITH]->(o:Organization)
RETURN o.id AS organization, a.title AS title, a.last_seen AS last_seen ORDER BY a.current DESC, last_seen DESC
