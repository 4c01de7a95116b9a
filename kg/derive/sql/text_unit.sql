-- Texts of all records, with the entity that they are about; of people whom nobody knows the local key stays.
SELECT a.record, coalesce(e.entity, a.subject) AS subject, a.subject_kind, a.field, a.role, a.lang, a.text, a.text_hash,
  a.rec
FROM lake_text_unit a
LEFT JOIN entity_of e ON e.mention = a.subject_n
