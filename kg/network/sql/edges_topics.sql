-- Pairs of topics that stand together on works or projects. A subject with too many topics joins none.
WITH subject AS (
  SELECT w.id, w.year FROM work w WHERE w.id IN (SELECT work FROM authored WHERE person IN (FROM chosen))
  UNION ALL
  SELECT r.id, r.start_fiscal_year FROM project r WHERE r.id IN (SELECT project FROM member_of WHERE person IN (FROM chosen))
),
named AS (
  SELECT DISTINCT s.subject, s.object AS topic, t.year FROM assertion s JOIN subject t ON t.id = s.subject
  WHERE s.predicate = 'has_topic' AND s.status = 'accepted' AND s.object IN (SELECT id FROM topic)
    AND (($since::INT IS NULL AND $until::INT IS NULL) OR t.year BETWEEN coalesce($since, -9999) AND coalesce($until, 9999))
),
small AS (
  SELECT subject FROM named GROUP BY subject HAVING count(*) <= $most
)
SELECT x.topic AS source, y.topic AS target, count(*) AS weight, min(x.year) AS first_year, max(x.year) AS last_year
FROM named x JOIN named y ON y.subject = x.subject AND y.topic > x.topic
WHERE x.subject IN (FROM small)
GROUP BY x.topic, y.topic HAVING count(*) >= $at_least
