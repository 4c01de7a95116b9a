-- Every mention: something that a record speaks about, by its local key. Persons are mentions only where a record
-- identifies them or is their own profile; bare names are none.
SELECT id AS mention, 'person' AS kind, source, source_record AS record, profile FROM lake_person
UNION ALL
SELECT id, 'work', source, source_record, false FROM lake_work
UNION ALL
SELECT id, 'project', source, source_record, false FROM lake_project
UNION ALL
SELECT id, 'organization', source, source_record, false FROM lake_organization
UNION ALL
SELECT id, 'venue', source, source_record, false FROM lake_venue
