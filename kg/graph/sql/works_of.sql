-- Works of a person with role and position, newest first.
SELECT w.id, w.type, w.title_ja, w.title_en, w.title_other, w.year, w.date, a.role, a.position, a.name_as_written
FROM authored a JOIN work w ON w.id = a.work
WHERE a.person = $person
ORDER BY w.year DESC NULLS LAST, w.id, a.path
LIMIT $most OFFSET $skip
