-- Native records; `about` is the entity that the record is about, or stays a local key where it is nobody known.
SELECT a.id, a.kind, coalesce(e.entity, a.about) AS about, a.url, a.created, a.modified, a.license, a.data_sources, a.rec
FROM lake_record a
LEFT JOIN entity_of e ON e.mention = a.about_n
