-- Relations between projects, each once; none to itself.
SELECT x.entity AS project, y.entity AS other, a.kind, min(a.rec) AS rec
FROM lake_project_relation a
JOIN project_of x ON x.mention = a.project_n
JOIN project_of y ON y.mention = a.other_n
WHERE x.entity <> y.entity
GROUP BY x.entity, y.entity, a.kind
