-- Pairs of people with how much they share, and when.
SELECT a, b,
  count(CASE WHEN via_kind = 'work' THEN 1 END) AS works,
  count(CASE WHEN via_kind = 'project' THEN 1 END) AS projects,
  min(year) AS first_year, max(year) AS last_year
FROM collaboration_proof
GROUP BY a, b
