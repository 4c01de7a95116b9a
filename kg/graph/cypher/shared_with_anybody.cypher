// Works and projects of these people, with all people known to have been in them. Large ones make no pairs.
UNWIND $q.people AS id
MATCH (:Person {id: id})-[:AUTHORED|MEMBER_OF]->(v)
WITH DISTINCT v
WHERE NOT EXISTS { (v)-[:IS_LARGE]->() }
MATCH (v)<-[:AUTHORED|MEMBER_OF]-(p:Person)
WITH v, collect(DISTINCT p.id) AS members
WHERE size(members) > 1
