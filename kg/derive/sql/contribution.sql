-- Contributions to works with the entities they concern, and the record's claim to be the one whose names are taken:
-- most contributors, then most of them known, then by source.
WITH counted AS (
  SELECT w.entity AS work, a.source_record, count(*) AS people, count(p.entity) AS known
  FROM lake_authored a
  JOIN entity_record w ON w.mention = a.work
  LEFT JOIN entity_record p ON p.mention = a.person
  WHERE a.role <> 'owner'
  GROUP BY w.entity, a.source_record
),
best AS (
  SELECT c.work, c.source_record
  FROM counted c
  JOIN source_rank s ON s.kind = 'work' AND s.source = split_part(c.source_record, ':', 1)
  QUALIFY row_number() OVER (PARTITION BY c.work ORDER BY c.people DESC, c.known DESC, s.nth, c.source_record) = 1
)
SELECT w.entity AS work, p.entity AS person, o.entity AS organization, a.work AS mention, a.path,
  b.work IS NOT NULL AS best, s.nth AS source_nth
FROM lake_authored a
JOIN entity_record w ON w.mention = a.work
JOIN source_rank s ON s.kind = 'work' AND s.source = a.source
LEFT JOIN entity_record p ON p.mention = a.person
LEFT JOIN entity_record o ON o.mention = a.organization
LEFT JOIN best b ON b.work = w.entity AND b.source_record = a.source_record
