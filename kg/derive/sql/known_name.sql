-- Comparable names under which people are known, by person.
SELECT DISTINCT e.entity AS person, f.whole
FROM lake_name_form f JOIN entity_record e ON e.mention = f.mention
WHERE f.kind = 'person'
