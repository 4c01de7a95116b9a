-- Reasons why somebody is held to be of a field. Leading a project outweighs other roles in it.
WITH placed_in AS (
  SELECT DISTINCT subject, subject_kind, concat(scheme, ':', notation) AS field, basis FROM in_field
),
interest AS (
  SELECT DISTINCT e.entity AS person, k.field
  FROM lake_assertion a
  JOIN (SELECT rec, field FROM lake_text_unit WHERE role = 'interest') u ON u.rec = a.rec AND u.field = a.field
  JOIN person_of e ON e.mention = a.subject_n
  JOIN field_key k ON concat('topic:', k.label_key) = a.object
  WHERE a.predicate = 'has_topic' AND a.status = 'accepted'
),
role_in AS (
  SELECT m.project, m.person, max(CASE WHEN m.role = 'principal_investigator' THEN 1 ELSE 0 END) AS leads
  FROM member_of m WHERE m.person IS NOT NULL GROUP BY m.project, m.person
)
SELECT p.subject AS person, p.field, 'researchmap_area' AS basis, p.subject AS via, 'person' AS via_kind,
  CAST(NULL AS BIGINT) AS year
FROM placed_in p WHERE p.subject_kind = 'person' AND p.basis = 'researchmap_area'
UNION ALL
SELECT person, field, 'interest', person, 'person', NULL FROM interest
UNION ALL
SELECT r.person, p.field, CASE WHEN r.leads = 1 THEN 'principal_investigator' ELSE 'member' END, r.project, 'project',
  y.year
FROM role_in r
JOIN (SELECT DISTINCT subject, field FROM placed_in WHERE subject_kind = 'project') p ON p.subject = r.project
JOIN project_year y ON y.project = r.project
UNION ALL
SELECT a.person, p.field, 'work', a.work, 'work', w.year
FROM authored a
JOIN (SELECT DISTINCT subject, field FROM placed_in WHERE subject_kind = 'work') p ON p.subject = a.work
JOIN work w ON w.id = a.work
WHERE a.person IS NOT NULL
