MATCH (:Project {id: 'R51'})-[:HAS_COST]->(c)
RETURN c.fiscal_year AS fiscal_year, c.direct AS direct, c.indirect AS indirect, c.total AS total, c.planned AS planned
ORDER BY fiscal_year
