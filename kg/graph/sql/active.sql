-- People with a role in a project that ran, or a work that came out, within a span of years.
SELECT m.person FROM member_of m JOIN project r ON r.id = m.project
WHERE m.person IS NOT NULL
  AND ($from_year::INT IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year) >= $from_year)
  AND ($to_year::INT IS NULL OR r.start_fiscal_year <= $to_year)
UNION
SELECT a.person FROM authored a JOIN work w ON w.id = a.work
WHERE a.person IS NOT NULL
  AND CASE WHEN $fiscal AND length(w.date) >= 7 AND substr(w.date, 6, 2) < '04' THEN w.year - 1 ELSE w.year END
      BETWEEN coalesce($from_year, -9999) AND coalesce($to_year, 9999)
