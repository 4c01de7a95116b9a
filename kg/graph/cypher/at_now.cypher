// Of these, who is at the organisations now.
WHERE EXISTS {
  MATCH (q)-[a:AFFILIATED_WITH]->(o:Organization)
  WHERE o.id IN $q.organizations AND a.kind <> 'education' AND a.current
}
