-- Organisations within organisations, each pair once; none within itself.
SELECT x.entity AS organization, y.entity AS parent, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_organization_part a
JOIN entity_record x ON x.mention = a.organization
JOIN entity_record y ON y.mention = a.parent
WHERE x.entity <> y.entity
QUALIFY row_number() OVER (PARTITION BY x.entity, y.entity ORDER BY a.source_record, a.organization, a.parent) = 1
