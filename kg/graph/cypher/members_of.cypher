// Members of a project in order; `person` is null for names only.
MATCH (p)-[m:MEMBER_OF]->(:Project {id: $q.project})
RETURN CASE WHEN p:Person THEN p.id END AS person, m.role AS role, m.role_as_written AS role_as_written,
  m.position AS position, m.name_as_written AS name_as_written, m.name_en AS name_en,
  m.affiliation_as_written AS affiliation_as_written, m.department_as_written AS department_as_written,
  m.title_as_written AS title_as_written, p.name_ja AS name_ja, p.name_en AS person_name_en
ORDER BY position, m.path
