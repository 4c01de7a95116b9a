// Contributors of a work in order; `person` is null for names only.
MATCH (p)-[a:AUTHORED]->(:Work {id: $q.work})
RETURN CASE WHEN p:Person THEN p.id END AS person, a.role AS role, a.position AS position,
  a.name_as_written AS name_as_written, a.name_en AS name_en, a.affiliation_as_written AS affiliation_as_written,
  p.name_ja AS name_ja, p.name_en AS person_name_en
ORDER BY position, a.path
