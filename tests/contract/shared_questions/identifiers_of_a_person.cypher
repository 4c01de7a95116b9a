MATCH (:Person {id: 'P24'})-[:HAS_IDENTIFIER]->(i) WHERE i.relation = 'self'
RETURN i.scheme AS scheme, i.value AS value ORDER BY scheme, value
