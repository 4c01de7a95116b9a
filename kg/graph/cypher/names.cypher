// The name that each is sorted by, in a list that is empty where there is none.
UNWIND $q.people AS id
MATCH (p:Person {id: id})
RETURN collect(id) AS people, collect([x IN [coalesce(p.name_kana, p.name_ja, p.name_en)] WHERE x IS NOT NULL]) AS names
