-- Adopted projects by first fiscal year, in given fields or in all.
SELECT p.start_fiscal_year AS year, count(*) AS n FROM project p
WHERE p.start_fiscal_year IS NOT NULL AND ($fields::VARCHAR[] IS NULL OR p.id IN (
  SELECT via FROM field_evidence WHERE via_kind = 'project' AND field IN (SELECT unnest($fields::VARCHAR[]))))
GROUP BY p.start_fiscal_year ORDER BY year
