-- Works that came out of projects, each pair once.
SELECT x.entity AS work, y.entity AS project, min(a.rec) AS rec
FROM lake_output_of a
JOIN work_of x ON x.mention = a.work_n
JOIN project_of y ON y.mention = a.project_n
GROUP BY x.entity, y.entity
