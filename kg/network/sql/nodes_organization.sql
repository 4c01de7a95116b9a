-- Organisations with names, codes and how many people are there now.
SELECT o.id, coalesce(o.name_ja, o.name_en, o.id) AS label, 'organization' AS kind, o.name_ja, o.name_en, c.ror, o.country,
  coalesce(h.people, 0) AS people, coalesce(h.chosen, FALSE) AS chosen
FROM organization o LEFT JOIN (
  SELECT subject, string_agg(value, ';' ORDER BY value) AS ror FROM identifier
  WHERE kind = 'organization' AND relation = 'self' AND scheme = 'ror' GROUP BY subject
) c ON c.subject = o.id
LEFT JOIN (
  SELECT organization, count(DISTINCT person) AS people, bool_or(person IN (FROM chosen)) AS chosen
  FROM affiliated_with WHERE current GROUP BY organization
) h ON h.organization = o.id
