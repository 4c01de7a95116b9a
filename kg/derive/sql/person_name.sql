-- Forms of the names of known people, each once; forms that only a record's mention has are `as_written`.
WITH given AS (
  SELECT e.entity AS person, a.name, a.lang, a.kind, a.family, a.given, a.middle, a.family_kana, a.given_kana,
    a.period, a.source, a.source_record, a.content_hash, a.retrieved, a.person AS mention
  FROM lake_person_name a JOIN entity_record e ON e.mention = a.person
),
borne AS (
  SELECT e.entity AS person, p.name_ja AS name, 'ja' AS lang, p.source, p.source_record, p.content_hash, p.retrieved,
    p.id AS mention
  FROM lake_person p JOIN entity_record e ON e.mention = p.id WHERE p.name_ja IS NOT NULL
  UNION ALL
  SELECT e.entity, p.name_kana, 'ja-Kana', p.source, p.source_record, p.content_hash, p.retrieved, p.id
  FROM lake_person p JOIN entity_record e ON e.mention = p.id WHERE p.name_kana IS NOT NULL
  UNION ALL
  SELECT e.entity, p.name_en, 'en', p.source, p.source_record, p.content_hash, p.retrieved, p.id
  FROM lake_person p JOIN entity_record e ON e.mention = p.id WHERE p.name_en IS NOT NULL
),
added AS (
  SELECT b.person, b.name, b.lang, b.source, b.source_record, b.content_hash, b.retrieved, b.mention
  FROM borne b
  LEFT JOIN (SELECT DISTINCT person, name FROM given) g ON g.person = b.person AND g.name = b.name
  WHERE g.person IS NULL
),
every AS (
  SELECT person, name, lang, kind, family, given, middle, family_kana, given_kana, period, source, source_record,
    content_hash, retrieved, mention
  FROM given
  UNION ALL
  SELECT person, name, lang, 'as_written', NULL, NULL, NULL, NULL, NULL, NULL, source, source_record, content_hash,
    retrieved, mention
  FROM added
)
SELECT v.person, v.name, v.lang, v.kind, v.family, v.given, v.middle, v.family_kana, v.given_kana, v.period, v.source,
  v.source_record, v.content_hash, v.retrieved
FROM every v
JOIN source_rank s ON s.kind = 'person' AND s.source = v.source
QUALIFY row_number() OVER (
  PARTITION BY v.person, v.name, v.lang, v.kind ORDER BY s.nth, v.source_record, v.mention) = 1
