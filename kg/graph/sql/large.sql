-- People of `wanted` who meet the partner clause only through works or projects of more than 100 people.
WITH
member AS (
  SELECT person, work AS via FROM authored
  WHERE person IS NOT NULL AND work IN (SELECT via FROM large_group)
  UNION
  SELECT person, project FROM member_of
  WHERE person IS NOT NULL AND project IN (SELECT via FROM large_group)
),
evidence AS (
  SELECT DISTINCT person, via,
    CASE WHEN basis IN ('researchmap_area', 'interest') THEN 'said'
         WHEN basis = 'principal_investigator' THEN 'led' ELSE 'shared' END AS strength
  FROM field_evidence
  WHERE field IN (SELECT unnest($partner_fields::VARCHAR[]))
    AND list_contains($partner_bases::VARCHAR[], basis)
    AND person IN (SELECT person FROM member)
),
partner AS (
  SELECT m.person, m.via,
    count(CASE WHEN e.strength = 'said' THEN 1 END) AS said,
    count(CASE WHEN e.strength = 'led' AND e.via <> m.via THEN 1 END) AS led,
    count(CASE WHEN e.strength = 'shared' AND e.via <> m.via THEN 1 END) AS shared
  FROM member m LEFT JOIN evidence e ON e.person = m.person
  GROUP BY m.person, m.via
)
SELECT DISTINCT m.person, min(m.via) AS via
FROM member m JOIN partner p ON p.via = m.via AND p.person <> m.person
WHERE m.person IN (SELECT person FROM wanted)
  AND ($partner_fields::VARCHAR[] IS NULL OR p.said > 0 OR p.led > 0 OR p.shared >= 2)
  AND ($partner_people::VARCHAR[] IS NULL OR p.person IN (SELECT unnest($partner_people::VARCHAR[])))
GROUP BY m.person
