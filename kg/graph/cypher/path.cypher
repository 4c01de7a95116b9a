// The shortest chain of at most four steps; of several the one with the smallest ids, from the end backwards.
MATCH (a:Person {id: $q.a}), (b:Person {id: $q.b})
MATCH path = allShortestPaths((a)-[:COLLABORATED*..4]-(b))
WHERE length(path) <= $q.steps
WITH [p IN nodes(path) | p.id] AS chain
RETURN chain ORDER BY reverse(chain) LIMIT 1
