// Entities of any kind but fields, by id.
CALL () {
  MATCH (n:Organization) WHERE n.id IN $q.organization RETURN n
  UNION ALL MATCH (n:Person) WHERE n.id IN $q.person RETURN n
  UNION ALL MATCH (n:Project) WHERE n.id IN $q.project RETURN n
  UNION ALL MATCH (n:Topic) WHERE n.id IN $q.topic RETURN n
  UNION ALL MATCH (n:Venue) WHERE n.id IN $q.venue RETURN n
  UNION ALL MATCH (n:Work) WHERE n.id IN $q.work RETURN n
}
