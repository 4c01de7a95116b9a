// The ids of the next of them who took part in anything, in order.
  AND EXISTS { (p)-[:AUTHORED|MEMBER_OF]->() }
WITH p.id AS id ORDER BY id LIMIT $q.stretch
RETURN collect(id) AS people
