-- Pairs of organisations whose people of today share works or projects; each joint item counts once a pair.
WITH home AS (
  SELECT DISTINCT person, organization FROM affiliated_with WHERE current
),
joint AS (
  SELECT least(x.organization, y.organization) AS source, greatest(x.organization, y.organization) AS target, p.via, p.via_kind, p.year
  FROM collaboration_proof p JOIN home x ON x.person = p.a JOIN home y ON y.person = p.b
  WHERE x.organization <> y.organization
    AND (($since::INT IS NULL AND $until::INT IS NULL) OR p.year BETWEEN coalesce($since, -9999) AND coalesce($until, 9999))
    AND ((p.a IN (FROM chosen) AND p.b IN (FROM allowed)) OR (p.b IN (FROM chosen) AND p.a IN (FROM allowed)))
)
SELECT source, target, count(DISTINCT via) AS weight, count(DISTINCT via) FILTER (via_kind = 'work') AS works,
  count(DISTINCT via) FILTER (via_kind = 'project') AS projects, min(year) AS first_year, max(year) AS last_year
FROM joint GROUP BY source, target HAVING count(DISTINCT via) >= $at_least
