// All of them in the order of ids, or of names.
WITH p.id AS id, CASE WHEN $q.by_name THEN coalesce(p.name_kana, p.name_ja, p.name_en) END AS name
ORDER BY name IS NULL, name, id SKIP $q.skip
RETURN id
