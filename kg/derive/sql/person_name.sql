-- Forms of the names of known people, each once; forms that only a record's mention has are `as_written`.
WITH given AS (
  SELECT e.entity AS person, a.name, a.lang, a.kind, s.base + a.rid AS place, a.rec, a.family, a.given, a.middle,
    a.family_kana, a.given_kana, a.period
  FROM lake_person_name a
  JOIN person_of e ON e.mention = a.person_n
  JOIN source_rank s ON s.kind = 'person' AND s.source = a.source
),
borne AS (
  SELECT id_n, rec, rid, source, name_ja AS name, 'ja' AS lang FROM lake_person WHERE name_ja IS NOT NULL
  UNION ALL
  SELECT id_n, rec, rid, source, name_kana, 'ja-Kana' FROM lake_person WHERE name_kana IS NOT NULL
  UNION ALL
  SELECT id_n, rec, rid, source, name_en, 'en' FROM lake_person WHERE name_en IS NOT NULL
),
written AS (
  SELECT e.entity AS person, b.name, b.lang, min(s.base + b.rid) AS place, arg_min(b.rec, s.base + b.rid) AS rec
  FROM borne b
  JOIN person_of e ON e.mention = b.id_n
  JOIN source_rank s ON s.kind = 'person' AND s.source = b.source
  GROUP BY e.entity, b.name, b.lang
),
every AS (
  SELECT * FROM given
  UNION ALL
  SELECT w.person, w.name, w.lang, 'as_written', w.place, w.rec, NULL, NULL, NULL, NULL, NULL, NULL
  FROM written w
  LEFT JOIN (SELECT DISTINCT person, name FROM given) g ON g.person = w.person AND g.name = w.name
  WHERE g.person IS NULL
)
SELECT person, name, lang, kind, family, given, middle, family_kana, given_kana, period, rec
FROM every
QUALIFY row_number() OVER (PARTITION BY person, name, lang, kind ORDER BY place) = 1
