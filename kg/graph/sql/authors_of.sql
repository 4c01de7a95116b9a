-- Contributors of a work in order; `person` is null for names only.
SELECT a.person, a.role, a.position, a.name_as_written, a.name_en, a.affiliation_as_written, p.name_ja,
  p.name_en AS person_name_en
FROM authored a LEFT JOIN person p ON p.id = a.person
WHERE a.work = $work
ORDER BY a.position NULLS LAST, a.path
