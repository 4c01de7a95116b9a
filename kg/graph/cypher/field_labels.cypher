// All names under which fields are found.
MATCH (l:FieldLabel)
RETURN l.field AS field, l.lang AS lang, l.label AS label, l.kind AS kind ORDER BY field, lang, label, kind
