MATCH (:Person {id: $person})-[a:AFFILIATED_WITH]->(o:Organization)
RETURN o.id, o.name_ja, properties(a) ORDER BY a.current DESC, a.last_seen DESC
