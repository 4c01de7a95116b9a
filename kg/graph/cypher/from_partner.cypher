// People who share anything with the partners.
UNWIND $q.partners AS id
MATCH (q:Person {id: id})
CALL (q) {
  MATCH (q)-[:COLLABORATED]-(p:Person) RETURN p
  UNION
  MATCH (q)-[:AUTHORED|MEMBER_OF]->(v)-[:IS_LARGE]->()
  WITH DISTINCT v
  MATCH (v)<-[:AUTHORED|MEMBER_OF]-(p:Person) RETURN p
}
