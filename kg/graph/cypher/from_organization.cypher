// People who ever were at the organisations; `clauses` looks at the time.
MATCH (o:Organization)<-[:AFFILIATED_WITH]-(p:Person)
WHERE o.id IN $q.organizations
