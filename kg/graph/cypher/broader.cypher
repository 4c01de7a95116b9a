// Which field lies within which.
MATCH (a:Field)-[:BROADER]->(b:Field) RETURN a.id AS narrower, b.id AS broader ORDER BY narrower, broader
