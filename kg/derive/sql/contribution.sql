-- Contributions to works that are listed: those of known people, and the bare names of the work's best record, which is
-- the one with most contributors, then most of them known, then by source. `place` puts rows that say most first.
WITH row_of AS (
  SELECT a.rid, a.rec, t.entity AS work, p.entity AS person, a.role, a.position, s.base
  FROM lake_authored a
  JOIN work_of t ON t.mention = a.work_n
  JOIN source_rank s ON s.kind = 'work' AND s.source = a.source
  LEFT JOIN person_of p ON p.mention = a.person_n
),
counted AS (
  SELECT work, rec, min(base) AS base, count(*) AS people, count(person) AS known
  FROM row_of WHERE role <> 'owner'
  GROUP BY work, rec
),
best AS (
  SELECT work, rec FROM counted
  QUALIFY row_number() OVER (PARTITION BY work ORDER BY people DESC, known DESC, base + rec) = 1
)
SELECT r.rid, r.work, r.person, r.base + r.rid
    + CASE WHEN r.role = 'owner' THEN 1152921504606846976 ELSE 0 END
    + CASE WHEN r.position IS NULL THEN 576460752303423488 ELSE 0 END AS place
FROM row_of r
LEFT JOIN best b ON b.work = r.work AND b.rec = r.rec
WHERE r.person IS NOT NULL OR b.rec IS NOT NULL AND r.role <> 'owner'
