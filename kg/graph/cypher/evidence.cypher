// Field evidence of these people for these fields, strongest first.
UNWIND $q.people AS id
MATCH (p:Person {id: id})-[e:HAS_FIELD_EVIDENCE]->(f:Field)
WHERE f.id IN $q.fields
RETURN p.id AS person, f.id AS field, e.basis AS basis, e.via AS via, e.via_kind AS via_kind, e.year AS year,
  f.label_ja AS label_ja, f.label_en AS label_en, f.scheme AS scheme, f.notation AS notation
ORDER BY person, reduce(n = 0, i IN range(0, size($q.order) - 1) | CASE WHEN $q.order[i] = basis THEN i ELSE n END),
  year IS NULL, year DESC, field, via
