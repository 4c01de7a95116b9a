// Works and projects of so many people that they make no pairs, and that these people took part in; with all their people.
MATCH (:LargeGroup)<-[:IS_LARGE]-(v)<-[:AUTHORED|MEMBER_OF]-(p:Person)
WHERE p.id IN $q.people
WITH DISTINCT v
MATCH (v)<-[:AUTHORED|MEMBER_OF]-(q:Person)
WITH v, collect(DISTINCT q.id) AS members
RETURN collect(v.id) AS via, collect(members) AS members
