-- Fields that sources put an entity in, each once.
SELECT DISTINCT f.id, f.scheme, f.notation, f.label_ja, f.label_en, f.level
FROM in_field i JOIN field f
  ON f.id = i.scheme || ':' || i.notation OR (i.notation = '' AND f.scheme = i.scheme AND f.label_ja = i.label)
WHERE i.subject = $entity
ORDER BY f.id
