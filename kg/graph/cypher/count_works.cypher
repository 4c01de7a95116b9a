// How many works a person contributed to.
MATCH (p:Person {id: $q.person})-[:AUTHORED]->(w) RETURN count(DISTINCT w) AS n
