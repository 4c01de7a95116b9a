MATCH (p:Project) WHERE NOT EXISTS { (p)-[:IN_FIELD]->() } RETURN count(p) AS n
