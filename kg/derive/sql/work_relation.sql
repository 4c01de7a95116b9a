-- Relations between works, each once; none to itself.
SELECT x.entity AS work, y.entity AS other, a.kind, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_work_relation a
JOIN entity_record x ON x.mention = a.work
JOIN entity_record y ON y.mention = a.other
WHERE x.entity <> y.entity
QUALIFY row_number() OVER (PARTITION BY x.entity, y.entity, a.kind ORDER BY a.source_record, a.work, a.other) = 1
