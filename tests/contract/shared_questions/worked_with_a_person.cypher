MATCH (:Person {id: 'P02'})-[:COLLABORATED]-(p:Person) RETURN p.id AS id ORDER BY id
