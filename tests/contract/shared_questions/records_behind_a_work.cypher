MATCH (:Work {id: 'W01'})-[:FROM_RECORD]->(r:Record) RETURN DISTINCT r.id AS id, r.url AS url ORDER BY id
