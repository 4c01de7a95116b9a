MATCH (:Person {id: $person})-[m:MEMBER_OF]->(p:Project)
RETURN p.id, p.title_ja, p.start_fiscal_year, p.total_cost, m.role ORDER BY p.start_fiscal_year DESC, p.id LIMIT 200
