// Everybody who shares a work or project with these people.
UNWIND $q.people AS id
MATCH (:Person {id: id})-[:COLLABORATED]-(q)
WITH DISTINCT q
