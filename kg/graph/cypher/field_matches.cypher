// Fields of different schemes that librarians hold to be close.
MATCH (a:Field)-[:CLOSE_MATCH]->(b:Field) RETURN a.id AS field, b.id AS other ORDER BY field, other
