// All fields.
MATCH (f:Field)
RETURN f.id AS id, f.scheme AS scheme, f.notation AS notation, f.label_ja AS label_ja, f.label_en AS label_en,
  f.label_en_status AS label_en_status, f.level AS level
ORDER BY id, scheme, notation, label_ja, label_en, label_en_status, level
