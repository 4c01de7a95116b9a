MATCH (a:Person {id: $a}), (b:Person {id: $b})
MATCH p = shortestPath((a)-[:COLLABORATED*..4]-(b))
RETURN [n IN nodes(p) | n.id]
