// Those who share a name (Japanese or Latin; case and spaces ignored) and an institution (its id or its name).
// Written out as the embedded store's `namesake.sql`: \s there is tab, line feed, form feed, carriage return, space.
UNWIND [[p.name_ja, ''], [p.name_en, ',']] AS form
WITH p, toLower(replace(replace(replace(replace(replace(replace(replace(replace(replace(
  form[0], form[1], ''), ' ', ''), '　', ''), '\t', ''), '\n', ''), '\f', ''), '\r', ''), 'İ', 'i'), 'Σ', 'σ')) AS name
WHERE name IS NOT NULL
WITH name, collect(DISTINCT p) AS bearers
WHERE size(bearers) > 1
UNWIND bearers AS p
MATCH (p)-[:AFFILIATED_WITH]->(o:Organization)
UNWIND [o.id, o.name_ja, o.name_en] AS place
WITH DISTINCT name, place, p.id AS id
WHERE place IS NOT NULL
WITH name, place, collect(id) AS people
WHERE size(people) > 1
RETURN DISTINCT people
