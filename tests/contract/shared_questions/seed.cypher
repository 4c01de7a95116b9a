// 防災の研究者で、すでに情報分野の研究者と共同研究を行っている人, written out without our own code.
CALL () {
  MATCH (:Field {id: 'kaken-section:25030'})<-[:BROADER*0..]-(f:Field)
  OPTIONAL MATCH (f)-[:CLOSE_MATCH]->(g:Field)<-[:BROADER*0..]-(h:Field)
  UNWIND [f, h] AS x WITH DISTINCT x WHERE x IS NOT NULL
  RETURN collect(x.id) AS disaster
}
CALL () {
  MATCH (:Field {id: 'kaken-section:J'})<-[:BROADER*0..]-(f:Field)
  OPTIONAL MATCH (f)-[:CLOSE_MATCH]->(g:Field)<-[:BROADER*0..]-(h:Field)
  UNWIND [f, h] AS x WITH DISTINCT x WHERE x IS NOT NULL
  RETURN collect(x.id) AS informatics
}
MATCH (p:Person)-[e:HAS_FIELD_EVIDENCE]->(f:Field) WHERE f.id IN disaster
WITH informatics, p, collect(DISTINCT e.basis) AS bases,
  count(DISTINCT CASE WHEN e.basis IN ['member', 'work'] THEN e.via END) AS shared
WHERE shared >= 2 OR any(b IN bases WHERE NOT b IN ['member', 'work'])
MATCH (p)-[:COLLABORATED]-(q:Person)-[e:HAS_FIELD_EVIDENCE]->(f:Field) WHERE f.id IN informatics
WITH DISTINCT p, q, e.via AS via, CASE WHEN e.basis IN ['researchmap_area', 'interest'] THEN 'said'
  WHEN e.basis = 'principal_investigator' THEN 'led' ELSE 'shared' END AS strength
WHERE strength = 'said' OR NOT EXISTS { MATCH (p)-[:AUTHORED|MEMBER_OF]->(v) WHERE v.id = via }
WITH p, q, strength, count(DISTINCT via) AS n
WHERE strength IN ['said', 'led'] OR n >= 2
RETURN DISTINCT p.id AS id ORDER BY id
