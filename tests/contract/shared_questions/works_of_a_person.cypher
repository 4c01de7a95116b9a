MATCH (:Person {id: 'P01'})-[:AUTHORED]->(w:Work)
WITH DISTINCT w
RETURN w.id AS id, w.title_ja AS title_ja, w.title_en AS title_en, w.year AS year ORDER BY w.year IS NULL, w.year DESC, w.id
