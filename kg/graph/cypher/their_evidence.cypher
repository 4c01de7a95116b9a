// Their evidence in the fields.
MATCH (q)-[e:HAS_FIELD_EVIDENCE]->(f)
WHERE f.id IN $q.fields AND e.basis IN $q.bases AND (e.year IS NULL OR e.year <= $q.until)
WITH DISTINCT q, e.basis AS basis, e.via AS via
RETURN collect(q.id) AS people, collect(basis) AS basis, collect(via) AS via
