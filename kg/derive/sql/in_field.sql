-- Fields that sources put entities in, by notation of the vocabulary (table `located`); works also reach the fields of
-- the projects that they came out of.
WITH said AS (
  SELECT e.entity AS subject, a.subject_kind, a.scheme, l.notation, a.label, a.lang, a.level, a.basis, a.label_en,
    a.source_code, a.rec
  FROM lake_in_field a
  JOIN entity_of e ON e.mention = a.subject_n AND e.kind = a.subject_kind
  JOIN located l ON l.scheme = a.scheme AND l.given = a.notation AND l.label = a.label
    AND l.level = coalesce(a.level, '') AND l.label_en = coalesce(a.label_en, '')
),
every AS (
  SELECT * FROM said
  UNION ALL
  SELECT o.work, 'work', s.scheme, s.notation, s.label, s.lang, s.level, 'via_project', s.label_en, s.source_code,
    o.rec
  FROM output_of o
  JOIN said s ON s.subject = o.project AND s.subject_kind = 'project'
)
SELECT subject, subject_kind, scheme, notation, label, lang, level, basis, label_en, source_code, rec
FROM every
QUALIFY row_number() OVER (
  PARTITION BY subject, scheme, notation, label, basis
  ORDER BY rec, lang, coalesce(level, ''), coalesce(label_en, ''), coalesce(source_code, '')) = 1
