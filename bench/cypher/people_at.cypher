MATCH (:Organization {id: $organization})<-[a:AFFILIATED_WITH]-(p:Person)
WHERE a.current AND a.kind <> 'education'
RETURN DISTINCT p.id ORDER BY p.id
