-- Works and where they appeared, each pair once.
SELECT x.entity AS work, y.entity AS venue, a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_published_in a
JOIN entity_record x ON x.mention = a.work
JOIN entity_record y ON y.mention = a.venue
QUALIFY row_number() OVER (PARTITION BY x.entity, y.entity ORDER BY a.source_record, a.work, a.venue) = 1
