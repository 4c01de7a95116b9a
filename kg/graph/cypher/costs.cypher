// What a project was given by fiscal year.
MATCH (p:Project {id: $q.project})-[:HAS_COST]->(c:ProjectCost)
RETURN c.fiscal_year AS fiscal_year, c.direct AS direct, c.indirect AS indirect, c.total AS total,
  c.currency AS currency, c.planned AS planned
ORDER BY fiscal_year
