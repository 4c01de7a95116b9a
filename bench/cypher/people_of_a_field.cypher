MATCH (f:Field)<-[e:HAS_FIELD_EVIDENCE]-(p:Person) WHERE f.id IN $fields
WITH p, collect(DISTINCT e.basis) AS bases, count(DISTINCT e.via) AS items
WHERE items >= 2 OR bases <> ['work'] AND bases <> ['member']
RETURN p.id, items ORDER BY p.id
