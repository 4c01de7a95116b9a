-- Costs of projects by fiscal year, from the best source that states the year.
SELECT e.entity AS project, a.fiscal_year, a.direct, a.indirect, a.total, a.currency, a.planned, a.rec
FROM lake_project_cost a
JOIN project_of e ON e.mention = a.project_n
JOIN source_rank s ON s.kind = 'project' AND s.source = a.source
QUALIFY row_number() OVER (PARTITION BY e.entity, a.fiscal_year ORDER BY a.planned, s.base + a.rid) = 1
