-- People who had a role in a project that ran within a span of years and had begun by another year.
SELECT DISTINCT m.person FROM member_of m JOIN project r ON r.id = m.project
WHERE m.person IS NOT NULL AND m.role = $role
  AND ($from_year::INT IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year, 9999) >= $from_year)
  AND ($to_year::INT IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $to_year)
  AND ($as_of_year::INT IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $as_of_year)
