-- What profiles of known people say besides.
SELECT a.id, p.entity AS person, a.kind, a.title_ja, a.title_en, a.organization_ja, a.organization_en,
  o.entity AS organization, a.role, a.event, a.place, a.category, a."start", a."end", a.description, a.url, a.major,
  a.participants, a.department, a.identifiers, a.asserted_by, a.asserted, a.revised, a.rec
FROM lake_activity a
JOIN person_of p ON p.mention = a.person_n
LEFT JOIN organization_of o ON o.mention = a.organization_n
