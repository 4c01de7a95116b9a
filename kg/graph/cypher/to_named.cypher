// These people as partners.
UNWIND $named AS id
MATCH (q:Person {id: id})
WITH DISTINCT q
