-- Comparable names under which people are known, by person.
SELECT DISTINCT e.entity AS person, f.whole
FROM lake_name_form f JOIN person_of e ON e.mention = f.mention_n
WHERE f.kind = 'person'
