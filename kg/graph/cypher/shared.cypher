// Works and projects of `few`, with those of their people that are in `people`. Large ones make no pairs.
UNWIND $q.few AS id
MATCH (:Person {id: id})-[:AUTHORED|MEMBER_OF]->(v)
WITH DISTINCT v
WHERE NOT EXISTS { (v)-[:IS_LARGE]->() }
MATCH (v)<-[:AUTHORED|MEMBER_OF]-(p:Person)
WHERE $q.with_anybody OR p.id IN $q.people
WITH v, collect(DISTINCT p.id) AS members
WHERE size(members) > 1
WITH v, members, coalesce(v.year, v.start_fiscal_year, toInteger(left(v.start, 4)), $q.no_year) AS year
RETURN collect(v.id) AS via, collect(members) AS members, collect(year) AS year,
  collect(coalesce(v.end_fiscal_year, year)) AS last,
  collect(v:Work AND coalesce(size(v.date) >= 7 AND substring(v.date, 5, 2) < '04', false)) AS early
