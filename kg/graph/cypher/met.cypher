// Those who share works or projects with these people.
UNWIND $people AS id
MATCH (:Person {id: id})-[:COLLABORATED]-(q:Person)
RETURN collect(DISTINCT q.id) AS people
