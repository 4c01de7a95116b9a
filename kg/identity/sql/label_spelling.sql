-- Each name of an organisation or a venue once.
SELECT DISTINCT name
FROM (
  SELECT name_ja AS name FROM lake_organization
  UNION ALL
  SELECT name_en FROM lake_organization
  UNION ALL
  SELECT coalesce(name_ja, name_en) FROM lake_venue
) s
WHERE name IS NOT NULL
