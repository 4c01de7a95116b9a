MATCH (:Project {id: 'R01'})-[:IN_FIELD]->(f:Field) RETURN DISTINCT f.label_ja AS label
