// Adopted projects by first fiscal year.
MATCH (p:Project) WHERE p.start_fiscal_year IS NOT NULL
RETURN p.start_fiscal_year AS year, count(*) AS n ORDER BY year
