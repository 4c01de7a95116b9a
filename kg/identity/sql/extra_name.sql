-- Names that works and projects give to person mentions and that the mention itself has not: hardly any.
WITH written AS (
  SELECT person_n, name_as_written, name_en, name_kana FROM lake_authored WHERE person_n IS NOT NULL
  UNION ALL
  SELECT person_n, name_as_written, name_en, name_kana FROM lake_member_of WHERE person_n IS NOT NULL
),
compared AS (
  SELECT w.person_n AS mention, w.name_as_written, w.name_en, w.name_kana, coalesce(p.name_ja, '') AS own_ja,
    coalesce(p.name_en, '') AS own_en, coalesce(p.name_kana, '') AS own_kana
  FROM written w LEFT JOIN lake_person p ON p.id_n = w.person_n
)
SELECT mention, name_as_written AS name FROM compared
WHERE name_as_written IS NOT NULL AND name_as_written NOT IN (own_ja, own_en, own_kana)
UNION ALL
SELECT mention, name_en FROM compared WHERE name_en IS NOT NULL AND name_en NOT IN (own_ja, own_en, own_kana)
UNION ALL
SELECT mention, name_kana FROM compared WHERE name_kana IS NOT NULL AND name_kana NOT IN (own_ja, own_en, own_kana)
