-- What texts say, with persistent ids of subject and topic.
SELECT coalesce(e.entity, a.subject) AS subject, a.subject_kind, a.predicate, coalesce(t.id, a.object) AS object, a.label,
  a.lang, a.record, a.field, a."start", a."end", a.text_hash, a.confidence, a.status, a.producer, a.settings_hash, a.rec
FROM lake_assertion a
LEFT JOIN entity_of e ON e.mention = a.subject_n
LEFT JOIN topic_key t ON t.object = a.object
