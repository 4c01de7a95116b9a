-- Roles in projects with the entities they concern, and the record's claim to be the one whose names are taken.
WITH counted AS (
  SELECT r.entity AS project, a.source_record, count(*) AS people, count(p.entity) AS known
  FROM lake_member_of a
  JOIN entity_record r ON r.mention = a.project
  LEFT JOIN entity_record p ON p.mention = a.person
  GROUP BY r.entity, a.source_record
),
best AS (
  SELECT c.project, c.source_record
  FROM counted c
  JOIN source_rank s ON s.kind = 'project' AND s.source = split_part(c.source_record, ':', 1)
  QUALIFY row_number() OVER (PARTITION BY c.project ORDER BY c.people DESC, c.known DESC, s.nth, c.source_record) = 1
)
SELECT r.entity AS project, p.entity AS person, o.entity AS organization, a.project AS mention, a.path,
  b.project IS NOT NULL AS best, s.nth AS source_nth
FROM lake_member_of a
JOIN entity_record r ON r.mention = a.project
JOIN source_rank s ON s.kind = 'project' AND s.source = a.source
LEFT JOIN entity_record p ON p.mention = a.person
LEFT JOIN entity_record o ON o.mention = a.organization
LEFT JOIN best b ON b.project = r.entity AND b.source_record = a.source_record
