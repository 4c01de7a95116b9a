// These people.
UNWIND $among AS id
MATCH (p:Person {id: id})
