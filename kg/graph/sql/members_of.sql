-- Members of a project in order; `person` is null for names only.
SELECT m.person, m.role, m.role_as_written, m.position, m.name_as_written, m.name_en, m.affiliation_as_written,
  m.department_as_written, m.title_as_written, p.name_ja, p.name_en AS person_name_en
FROM member_of m LEFT JOIN person p ON p.id = m.person
WHERE m.project = $project
ORDER BY m.position NULLS LAST, m.path
