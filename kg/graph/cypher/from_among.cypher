// These people.
UNWIND $q.among AS id
MATCH (p:Person {id: id})
