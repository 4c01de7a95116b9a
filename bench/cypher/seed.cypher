MATCH (p:Person)-[e:HAS_FIELD_EVIDENCE]->(f:Field) WHERE f.id IN $disaster
WITH p, collect(DISTINCT e.basis) AS bases, count(DISTINCT CASE WHEN e.basis IN ['member', 'work'] THEN e.via END) AS shared
WHERE shared >= 2 OR any(b IN bases WHERE NOT b IN ['member', 'work'])
MATCH (p)-[:COLLABORATED]-(q:Person)-[e:HAS_FIELD_EVIDENCE]->(f:Field) WHERE f.id IN $informatics
WITH DISTINCT p, q, e.via AS via, CASE WHEN e.basis IN ['researchmap_area', 'interest'] THEN 'said'
  WHEN e.basis = 'principal_investigator' THEN 'led' ELSE 'shared' END AS strength
WHERE strength = 'said' OR NOT EXISTS { MATCH (p)-[:AUTHORED|MEMBER_OF]->(v) WHERE v.id = via }
WITH p, q, strength, count(DISTINCT via) AS n
WHERE strength IN ['said', 'led'] OR n >= 2
WITH DISTINCT p, q
MATCH (p)-[:AUTHORED|MEMBER_OF]->(v)<-[:AUTHORED|MEMBER_OF]-(q)
RETURN p.id, count(DISTINCT q) AS partners, count(DISTINCT v) AS items, max(v.year) AS last ORDER BY items DESC, last DESC
