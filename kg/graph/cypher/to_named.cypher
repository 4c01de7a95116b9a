// These people as partners.
UNWIND $q.named AS id
MATCH (q:Person {id: id})
WITH DISTINCT q
