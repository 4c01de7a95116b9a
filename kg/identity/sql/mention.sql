-- Every mention: something that a record speaks about, by the number of its local key. Persons are mentions only where
-- a record identifies them or is their own profile; bare names are none.
SELECT id_n AS mention, 'person' AS kind, source, profile FROM lake_person
UNION ALL
SELECT id_n, 'work', source, false FROM lake_work
UNION ALL
SELECT id_n, 'project', source, false FROM lake_project
UNION ALL
SELECT id_n, 'organization', source, false FROM lake_organization
UNION ALL
SELECT id_n, 'venue', source, false FROM lake_venue
