-- People and the projects they took part in: one edge a person and project. A project counts in the years in which it runs.
WITH bond AS (
  SELECT m.person, m.project, string_agg(DISTINCT m.role, ';' ORDER BY m.role) AS roles,
    any_value(r.start_fiscal_year) AS first_year, any_value(coalesce(r.end_fiscal_year, r.start_fiscal_year)) AS last_year
  FROM member_of m JOIN project r ON r.id = m.project
  WHERE m.person IN (FROM allowed)
    AND (($since::INT IS NULL AND $until::INT IS NULL)
      OR (r.start_fiscal_year <= coalesce($until, 9999)
        AND coalesce(r.end_fiscal_year, r.start_fiscal_year) >= coalesce($since, -9999)))
  GROUP BY m.person, m.project
),
kept AS (
  SELECT project FROM bond GROUP BY project
  HAVING count(*) >= $at_least AND bool_or(person IN (FROM chosen))
)
SELECT person AS source, project AS target, 1::BIGINT AS weight, roles, first_year, last_year FROM bond WHERE project IN (FROM kept)
