-- Pairs of people who share works or projects, with how many and when.
SELECT a AS source, b AS target, works + projects AS weight, works, projects, first_year, last_year
FROM (
  SELECT a, b, works, projects, first_year, last_year FROM collaborated
  WHERE $since::INT IS NULL AND $until::INT IS NULL
  UNION ALL
  SELECT a, b, count(*) FILTER (via_kind = 'work'), count(*) FILTER (via_kind = 'project'), min(year), max(year)
  FROM collaboration_proof
  WHERE ($since IS NOT NULL OR $until IS NOT NULL) AND year BETWEEN coalesce($since, -9999) AND coalesce($until, 9999)
  GROUP BY a, b
)
WHERE works + projects >= $at_least
  AND ((a IN (FROM chosen) AND b IN (FROM allowed)) OR (b IN (FROM chosen) AND a IN (FROM allowed)))
