-- Native records; `about` is the entity that the record is about, or stays a local key where it is nobody known.
SELECT a.id, a.kind, coalesce(e.entity, a.about) AS about, a.url, a.created, a.modified, a.license, a.data_sources,
  a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_record a
LEFT JOIN entity_record e ON e.mention = a.about
