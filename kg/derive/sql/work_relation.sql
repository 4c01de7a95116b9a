-- Relations between works, each once; none to itself.
SELECT x.entity AS work, y.entity AS other, a.kind, min(a.rec) AS rec
FROM lake_work_relation a
JOIN work_of x ON x.mention = a.work_n
JOIN work_of y ON y.mention = a.other_n
WHERE x.entity <> y.entity
GROUP BY x.entity, y.entity, a.kind
