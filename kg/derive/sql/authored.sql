-- Contributors of works: a known person once a work, from the row that says most; bare names from the best record of
-- the work only, and not where they are a name of somebody already listed.
WITH known AS (
  SELECT c.work, c.person, min(c.place) % 9007199254740992 AS rid
  FROM contribution c
  WHERE c.person IS NOT NULL
  GROUP BY c.work, c.person
),
bare AS (
  SELECT c.work, c.rid, a.name_as_written, a.name_en
  FROM contribution c JOIN lake_authored a ON a.rid = c.rid
  WHERE c.person IS NULL
),
spelled AS (
  SELECT work, rid, name_as_written AS name FROM bare WHERE name_as_written IS NOT NULL
  UNION ALL
  SELECT work, rid, name_en FROM bare WHERE name_en IS NOT NULL
),
keyed AS (
  SELECT s.work, s.rid,
    CASE WHEN regexp_matches(s.name, '[ぁ-ヿ㐀-鿿]')
      THEN lower(regexp_replace(s.name, '[\s.,，．・·　]+', '', 'g'))
      ELSE array_to_string(list_sort(string_split_regex(trim(regexp_replace(
        lower(regexp_replace(s.name, '[''’-]', '', 'g')), '[\s.,]+', ' ', 'g')), ' ')), ' ')
    END AS whole
  FROM spelled s
  WHERE s.work IN (SELECT work FROM known)
),
listed AS (
  SELECT DISTINCT b.rid
  FROM keyed b
  JOIN known k ON k.work = b.work
  JOIN known_name n ON n.person = k.person AND n.whole = b.whole
),
kept AS (
  SELECT work, person, rid FROM known
  UNION ALL
  SELECT b.work, NULL, b.rid FROM bare b LEFT JOIN listed l ON l.rid = b.rid WHERE l.rid IS NULL
)
SELECT k.work, concat(a.work, ' ', a.path) AS path, k.person, a.position, a.role, a.roles, a.name_as_written,
  a.name_en, a.name_kana, a.affiliation_as_written, o.entity AS organization, a.asserted_by, a.asserted, a.revised,
  a.rec
FROM kept k
JOIN lake_authored a ON a.rid = k.rid
LEFT JOIN organization_of o ON o.mention = a.organization_n
