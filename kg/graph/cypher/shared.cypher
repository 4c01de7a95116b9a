// Works and projects of which one of the subjects was and one of the partners, with those who were. Each of `people` is
// an id, 1 for a subject, 1 for a partner. Large ones make no pairs.
// From the people, whose ids are at hand: to ask each work for its people would read ten times as much.
UNWIND $q.people AS one
MATCH (:Person {id: one[0]})-[:AUTHORED|MEMBER_OF]->(v)
WITH v, collect(DISTINCT one[0]) AS members, max(one[1]) + max(one[2]) AS sides
WHERE sides = 2 AND size(members) > 1 AND NOT EXISTS { (v)-[:IS_LARGE]->() }
