// Works of a person with role and position, newest first.
MATCH (:Person {id: $q.person})-[a:AUTHORED]->(w:Work)
WITH a, w ORDER BY w.year IS NULL, w.year DESC, w.id, a.path SKIP $q.skip LIMIT $q.most
RETURN w.id AS id, w.type AS type, w.title_ja AS title_ja, w.title_en AS title_en, w.title_other AS title_other,
  w.year AS year, w.date AS date, a.role AS role, a.position AS position, a.name_as_written AS name_as_written
