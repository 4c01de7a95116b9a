MATCH (p:Person) WHERE p.id IN $people RETURN p
