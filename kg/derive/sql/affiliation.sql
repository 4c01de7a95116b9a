-- Observations of known people at organisations, all of them.
SELECT p.entity AS person, concat(a.person, ' ', a.path) AS path, a.kind, o.entity AS organization,
  a.organization_ja, a.organization_en, a.department, a.title, a."start", a."end", a.ongoing, a.observed, a.degree,
  a.department_en, a.title_en, a.asserted_by, a.asserted, a.revised, a.source, a.source_record, a.content_hash,
  a.retrieved
FROM lake_affiliation a
JOIN entity_record p ON p.mention = a.person
LEFT JOIN entity_record o ON o.mention = a.organization
