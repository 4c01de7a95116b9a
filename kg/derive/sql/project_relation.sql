-- Relations between projects, each once; none to itself.
SELECT x.entity AS project, y.entity AS other, a.kind, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_project_relation a
JOIN entity_record x ON x.mention = a.project
JOIN entity_record y ON y.mention = a.other
WHERE x.entity <> y.entity
QUALIFY row_number() OVER (PARTITION BY x.entity, y.entity, a.kind ORDER BY a.source_record, a.project, a.other) = 1
