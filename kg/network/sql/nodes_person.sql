-- People with names, identifiers, where they are now, and how much is known of them.
WITH code AS (
  SELECT subject, string_agg(value, ';' ORDER BY value) FILTER (scheme = 'orcid') AS orcid,
    string_agg(value, ';' ORDER BY value) FILTER (scheme = 'erad') AS erad
  FROM identifier WHERE kind = 'person' AND relation = 'self' AND scheme IN ('orcid', 'erad') GROUP BY subject
),
home AS (
  SELECT a.person, a.organization, coalesce(o.name_ja, o.name_en) AS name, nullif(a.department, '') AS department,
    nullif(a.title, '') AS title
  FROM affiliated_with a JOIN organization o ON o.id = a.organization WHERE a.current
  QUALIFY row_number() OVER (PARTITION BY a.person ORDER BY a.last_seen DESC NULLS LAST, a.organization, a.department, a.title, a.kind) = 1
),
made AS (SELECT person, count(DISTINCT work) AS works FROM authored WHERE person IS NOT NULL GROUP BY person),
led AS (SELECT person, count(DISTINCT project) AS projects FROM member_of WHERE person IS NOT NULL GROUP BY person)
SELECT p.id, coalesce(p.name_ja, p.name_en, p.name_kana, p.id) AS label, 'person' AS kind, p.name_ja, p.name_kana, p.name_en,
  c.orcid, c.erad, h.name AS organization, h.organization AS organization_id, h.department, h.title,
  coalesce(m.works, 0) AS works, coalesce(l.projects, 0) AS projects, p.id IN (FROM chosen) AS chosen
FROM person p LEFT JOIN code c ON c.subject = p.id LEFT JOIN home h ON h.person = p.id
LEFT JOIN made m ON m.person = p.id LEFT JOIN led l ON l.person = p.id
