-- Works that came out of projects, each pair once.
SELECT x.entity AS work, y.entity AS project, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_output_of a
JOIN entity_record x ON x.mention = a.work
JOIN entity_record y ON y.mention = a.project
QUALIFY row_number() OVER (PARTITION BY x.entity, y.entity ORDER BY a.source_record, a.work, a.project) = 1
