-- Comparable names under which people are known, by person.
SELECT DISTINCT e.entity AS person, f.whole
FROM (SELECT DISTINCT p.entity, n.form FROM name_form n JOIN person_of p ON p.mention = n.mention) e
JOIN form f ON f.form = e.form
