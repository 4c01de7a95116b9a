// Everybody, from an id on.
MATCH (p:Person)
WHERE p.id > $q.after
