UNWIND $people AS id
MATCH (p:Person {id: id})-[:FROM_RECORD]->(r:Record)
WITH id, r ORDER BY r.source, r.id
RETURN id, collect({id: r.id, source: r.source, url: r.url})[..20]
