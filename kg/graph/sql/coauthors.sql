-- People who share works or projects with somebody, most first.
SELECT CASE WHEN c.a = $person THEN c.b ELSE c.a END AS person, c.works, c.projects, c.first_year, c.last_year
FROM collaborated c
WHERE c.a = $person OR c.b = $person
ORDER BY c.works + c.projects DESC, c.last_year DESC NULLS LAST, person
LIMIT $most OFFSET $skip
