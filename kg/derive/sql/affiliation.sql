-- Observations of known people at organisations, all of them.
SELECT p.entity AS person, concat(a.person, ' ', a.path) AS path, a.kind, o.entity AS organization,
  a.organization_ja, a.organization_en, a.department, a.title, a."start", a."end", a.ongoing, a.observed, a.degree,
  a.department_en, a.title_en, a.asserted_by, a.asserted, a.revised, a.rec
FROM lake_affiliation a
JOIN person_of p ON p.mention = a.person_n
LEFT JOIN organization_of o ON o.mention = a.organization_n
