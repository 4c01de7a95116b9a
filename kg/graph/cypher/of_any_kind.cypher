// Entities of any kind but fields, by id.
CALL () {
  MATCH (n:Organization) WHERE n.id IN $organization RETURN n
  UNION ALL MATCH (n:Person) WHERE n.id IN $person RETURN n
  UNION ALL MATCH (n:Project) WHERE n.id IN $project RETURN n
  UNION ALL MATCH (n:Topic) WHERE n.id IN $topic RETURN n
  UNION ALL MATCH (n:Venue) WHERE n.id IN $venue RETURN n
  UNION ALL MATCH (n:Work) WHERE n.id IN $work RETURN n
}
