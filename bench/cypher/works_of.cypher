MATCH (:Person {id: $person})-[a:AUTHORED]->(w:Work)
RETURN w.id, w.type, w.title_ja, w.title_en, w.year, a.role, a.position ORDER BY w.year DESC, w.id LIMIT 200
