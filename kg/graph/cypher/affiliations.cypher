// Periods of each person: current ones first, then the latest.
UNWIND $q.people AS id
MATCH (p:Person {id: id})
CALL (p) {
  MATCH (p)-[a:AFFILIATED_WITH]->(o:Organization)
  RETURN a, o
  ORDER BY a.current DESC, coalesce(a.last_seen, a.asserted_end, a.first_seen) IS NULL,
    coalesce(a.last_seen, a.asserted_end, a.first_seen) DESC, a.observations DESC, o.id, a.department, a.title, a.kind
  LIMIT $q.most
}
RETURN p.id AS person, o.id AS organization, o.name_ja AS organization_ja, o.name_en AS organization_en,
  a.department AS department, a.title AS title, a.kind AS kind, a.first_seen AS first_seen, a.last_seen AS last_seen,
  a.asserted_end AS asserted_end, a.ongoing AS ongoing, a.observations AS observations, a.current AS current
