// People who share works or projects with somebody, most first.
MATCH (:Person {id: $q.person})-[c:COLLABORATED]-(q:Person)
RETURN q.id AS person, c.works AS works, c.projects AS projects, c.first_year AS first_year, c.last_year AS last_year
ORDER BY c.works + c.projects DESC, last_year IS NULL, last_year DESC, person SKIP $q.skip LIMIT $q.most
