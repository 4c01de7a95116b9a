-- Pairs of people who share a name (Japanese or Latin; case and spaces ignored) and an institution (its id or
-- its name), which is what is left of one person where no identifier joins the records.
WITH named AS (
  SELECT p.id AS person, lower(regexp_replace(p.name_ja, '[\s　]', '', 'g')) AS name
  FROM person p WHERE p.name_ja IS NOT NULL
  UNION
  SELECT p.id, lower(regexp_replace(p.name_en, '[\s,　]', '', 'g'))
  FROM person p WHERE p.name_en IS NOT NULL
),
namesake AS (
  SELECT name, person FROM named WHERE name IN (SELECT name FROM named GROUP BY name HAVING count(*) > 1)
),
seen AS (
  SELECT n.name, n.person, a.organization AS place
  FROM namesake n JOIN affiliated_with a ON a.person = n.person WHERE a.organization IS NOT NULL
  UNION
  SELECT n.name, n.person, o.name_ja
  FROM namesake n JOIN affiliated_with a ON a.person = n.person JOIN organization o ON o.id = a.organization
  WHERE o.name_ja IS NOT NULL
  UNION
  SELECT n.name, n.person, o.name_en
  FROM namesake n JOIN affiliated_with a ON a.person = n.person JOIN organization o ON o.id = a.organization
  WHERE o.name_en IS NOT NULL
)
SELECT DISTINCT x.person AS a, y.person AS b
FROM seen x JOIN seen y ON y.name = x.name AND y.place = x.place
WHERE x.person < y.person
