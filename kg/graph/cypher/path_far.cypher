// The shortest chain of any length; of several the one with the smallest ids, from the end backwards.
MATCH (a:Person {id: $q.a}), (b:Person {id: $q.b})
MATCH path = allShortestPaths((a)-[:COLLABORATED*]-(b))
WITH [p IN nodes(path) | p.id] AS chain
WHERE size(chain) <= $q.steps + 1
RETURN chain ORDER BY reverse(chain) LIMIT 1
