-- The first fiscal year of each project, as far as it is known.
SELECT id AS project,
  coalesce(start_fiscal_year, try_cast(substr("start", 1, 4) AS BIGINT)) AS year
FROM project
