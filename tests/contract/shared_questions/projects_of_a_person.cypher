MATCH (:Person {id: 'P07'})-[m:MEMBER_OF]->(p:Project)
RETURN p.id AS id, m.role AS role ORDER BY p.start_fiscal_year IS NULL, p.start_fiscal_year DESC, id
