// Those who share works or projects with these people.
UNWIND $q.people AS id
MATCH (:Person {id: id})-[:COLLABORATED]-(q:Person)
RETURN collect(DISTINCT q.id) AS people
