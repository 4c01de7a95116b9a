-- Fields that sources put entities in, by notation of the vocabulary (table `located`); works also reach the fields of
-- the projects that they came out of.
WITH said AS (
  SELECT e.entity AS subject, a.subject_kind, a.scheme, l.notation, a.label, a.lang, a.level, a.basis, a.label_en,
    a.source_code, a.source, a.source_record, a.content_hash, a.retrieved
  FROM lake_in_field a
  JOIN entity_record e ON e.mention = a.subject AND e.kind = a.subject_kind
  JOIN located l ON l.scheme = a.scheme AND l.given = a.notation AND l.label = a.label
    AND l.level = coalesce(a.level, '') AND l.label_en = coalesce(a.label_en, '')
),
every AS (
  SELECT * FROM said
  UNION ALL
  SELECT o.work, 'work', s.scheme, s.notation, s.label, s.lang, s.level, 'via_project', s.label_en, s.source_code,
    o.source, o.source_record, o.content_hash, o.retrieved
  FROM output_of o
  JOIN said s ON s.subject = o.project AND s.subject_kind = 'project'
)
SELECT subject, subject_kind, scheme, notation, label, lang, level, basis, label_en, source_code, source, source_record,
  content_hash, retrieved
FROM every
QUALIFY row_number() OVER (
  PARTITION BY subject, scheme, notation, label, basis
  ORDER BY source_record, lang, coalesce(level, ''), coalesce(label_en, ''), coalesce(source_code, '')) = 1
