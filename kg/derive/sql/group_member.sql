-- Known people of each work and project, each once, with the size of the group and its year.
WITH member AS (
  SELECT DISTINCT work AS via, 'work' AS via_kind, person FROM authored WHERE person IS NOT NULL
  UNION ALL
  SELECT DISTINCT project, 'project', person FROM member_of WHERE person IS NOT NULL
)
SELECT m.via, m.via_kind, m.person, g.people, coalesce(w.year, y.year) AS year
FROM member m
JOIN (SELECT via, count(*) AS people FROM member GROUP BY via) g ON g.via = m.via
LEFT JOIN work w ON w.id = m.via
LEFT JOIN project_year y ON y.project = m.via
WHERE g.people > 1
