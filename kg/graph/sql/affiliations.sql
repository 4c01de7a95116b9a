-- Employment periods of people, latest first.
SELECT a.person, a.organization, o.name_ja AS organization_ja, o.name_en AS organization_en, a.department, a.title,
  a.kind, a.first_seen, a.last_seen, a.asserted_end, a.ongoing, a.observations, a.current
FROM affiliated_with a LEFT JOIN organization o ON o.id = a.organization
WHERE a.person IN (SELECT unnest($people::VARCHAR[])) AND (NOT $only_current OR a.current)
ORDER BY a.person, a.current DESC, coalesce(a.last_seen, a.asserted_end, a.first_seen) DESC NULLS LAST,
  a.observations DESC, a.organization, a.department, a.title, a.kind
