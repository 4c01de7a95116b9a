-- Roles in projects that are listed: those of known people, and the bare names of the project's best record, which is
-- the one with most members, then most of them known, then by source.
WITH row_of AS (
  SELECT a.rid, a.rec, t.entity AS project, p.entity AS person, a.role, s.base
  FROM lake_member_of a
  JOIN project_of t ON t.mention = a.project_n
  JOIN source_rank s ON s.kind = 'project' AND s.source = a.source
  LEFT JOIN person_of p ON p.mention = a.person_n
),
counted AS (
  SELECT project, rec, min(base) AS base, count(*) AS people, count(person) AS known
  FROM row_of
  GROUP BY project, rec
),
best AS (
  SELECT project, rec FROM counted
  QUALIFY row_number() OVER (PARTITION BY project ORDER BY people DESC, known DESC, base + rec) = 1
)
SELECT r.rid, r.project, r.person, r.base + r.rid AS place
FROM row_of r
LEFT JOIN best b ON b.project = r.project AND b.rec = r.rec
WHERE r.person IS NOT NULL OR b.rec IS NOT NULL
