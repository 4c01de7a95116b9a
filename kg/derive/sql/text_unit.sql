-- Texts of all records, with the entity that they are about; of people whom nobody knows the local key stays.
SELECT a.record, coalesce(e.entity, a.subject) AS subject, a.subject_kind, a.field, a.role, a.lang, a.text, a.text_hash,
  a.source, a.source_record, a.content_hash, a.retrieved
FROM lake_text_unit a
LEFT JOIN entity_record e ON e.mention = a.subject
