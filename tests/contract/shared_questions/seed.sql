-- 防災の研究者で、すでに情報分野の研究者と共同研究を行っている人, written out without our own code.
WITH RECURSIVE below AS (
  SELECT 'kaken-section:25030' AS root, 'kaken-section:25030' AS field
  UNION SELECT 'kaken-section:J', 'kaken-section:J'
  UNION SELECT b.root, n.narrower FROM below b JOIN broader n ON n.broader = b.field
), mapped AS (
  SELECT * FROM below UNION SELECT b.root, m.other FROM below b JOIN field_match m ON m.field = b.field
), wanted AS (
  SELECT root, field FROM mapped UNION SELECT w.root, n.narrower FROM wanted w JOIN broader n ON n.broader = w.field
), evidence AS (
  SELECT DISTINCT w.root, e.person, e.via,
    CASE WHEN e.basis IN ('researchmap_area', 'interest') THEN 'said' WHEN e.basis = 'principal_investigator' THEN 'led' ELSE 'shared' END AS strength
  FROM field_evidence e JOIN wanted w ON w.field = e.field
), member AS (
  SELECT DISTINCT person, work AS via FROM authored WHERE person IS NOT NULL
  UNION SELECT DISTINCT person, project FROM member_of WHERE person IS NOT NULL
), subject AS (
  SELECT person FROM evidence WHERE root = 'kaken-section:25030' GROUP BY person
  HAVING count(*) FILTER (strength IN ('said', 'led')) > 0 OR count(DISTINCT via) FILTER (strength = 'shared') >= 2
), pair AS (
  SELECT DISTINCT s.person, y.person AS partner FROM subject s JOIN member x ON x.person = s.person
  JOIN member y ON y.via = x.via AND y.person <> s.person
  WHERE x.via NOT IN (SELECT via FROM large_group)
), own AS (
  SELECT p.person, p.partner, e.strength, count(DISTINCT e.via) AS n FROM pair p
  JOIN evidence e ON e.person = p.partner AND e.root = 'kaken-section:J'
  WHERE e.strength = 'said' OR NOT EXISTS (FROM member m WHERE m.person = p.person AND m.via = e.via)
  GROUP BY ALL
)
SELECT DISTINCT person AS id FROM own WHERE strength IN ('said', 'led') OR n >= 2 ORDER BY id
