-- People and the works they contributed to: one edge a person and work, whatever number of records says so.
WITH bond AS (
  SELECT a.person, a.work, min(a.position) AS position, string_agg(DISTINCT a.role, ';' ORDER BY a.role) AS roles, any_value(w.year) AS year
  FROM authored a JOIN work w ON w.id = a.work
  WHERE a.person IN (FROM allowed)
    AND (($since::INT IS NULL AND $until::INT IS NULL) OR w.year BETWEEN coalesce($since, -9999) AND coalesce($until, 9999))
  GROUP BY a.person, a.work
),
kept AS (
  SELECT work FROM bond GROUP BY work
  HAVING count(*) >= $at_least AND bool_or(person IN (FROM chosen))
)
SELECT person AS source, work AS target, 1::BIGINT AS weight, roles, position, year FROM bond WHERE work IN (FROM kept)
