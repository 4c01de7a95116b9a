-- FROM_RECORD: which entity each mention is.
SELECT t.id AS mention, e.entity, 'person' AS kind, t.source_record AS record
FROM lake_person t JOIN person_of e ON e.mention = t.id_n
UNION ALL
SELECT t.id, e.entity, 'work', t.source_record FROM lake_work t JOIN work_of e ON e.mention = t.id_n
UNION ALL
SELECT t.id, e.entity, 'project', t.source_record FROM lake_project t JOIN project_of e ON e.mention = t.id_n
UNION ALL
SELECT t.id, e.entity, 'organization', t.source_record
FROM lake_organization t JOIN organization_of e ON e.mention = t.id_n
UNION ALL
SELECT t.id, e.entity, 'venue', t.source_record FROM lake_venue t JOIN venue_of e ON e.mention = t.id_n
