-- Members of projects: a known person once a project and role, from the best source; bare names from the best record
-- of the project only, and not where they are a name of somebody already listed.
WITH known AS (
  SELECT c.project, c.person, min(c.place) % 9007199254740992 AS rid
  FROM membership c JOIN lake_member_of a ON a.rid = c.rid
  WHERE c.person IS NOT NULL
  GROUP BY c.project, c.person, a.role
),
bare AS (
  SELECT c.project, c.rid, a.name_as_written, a.name_en
  FROM membership c JOIN lake_member_of a ON a.rid = c.rid
  WHERE c.person IS NULL
),
spelled AS (
  SELECT project, rid, name_as_written AS name FROM bare WHERE name_as_written IS NOT NULL
  UNION ALL
  SELECT project, rid, name_en FROM bare WHERE name_en IS NOT NULL
),
keyed AS (
  SELECT s.project, s.rid,
    CASE WHEN regexp_matches(s.name, '[ぁ-ヿ㐀-鿿]')
      THEN lower(regexp_replace(s.name, '[\s.,，．・·　]+', '', 'g'))
      ELSE array_to_string(list_sort(string_split_regex(trim(regexp_replace(
        lower(regexp_replace(s.name, '[''’-]', '', 'g')), '[\s.,]+', ' ', 'g')), ' ')), ' ')
    END AS whole
  FROM spelled s
  WHERE s.project IN (SELECT project FROM known)
),
listed AS (
  SELECT DISTINCT b.rid
  FROM keyed b
  JOIN known k ON k.project = b.project
  JOIN known_name n ON n.person = k.person AND n.whole = b.whole
),
kept AS (
  SELECT project, person, rid FROM known
  UNION ALL
  SELECT b.project, NULL, b.rid FROM bare b LEFT JOIN listed l ON l.rid = b.rid WHERE l.rid IS NULL
)
SELECT k.project, concat(a.project, ' ', a.path) AS path, k.person, a.role, a.role_as_written, a.position,
  a."start", a."end", a.fiscal_years, a.name_as_written, a.name_en, a.name_kana, a.affiliation_as_written,
  a.department_as_written, a.title_as_written, o.entity AS organization, a.asserted_by, a.asserted, a.revised, a.rec
FROM kept k
JOIN lake_member_of a ON a.rid = k.rid
LEFT JOIN organization_of o ON o.mention = a.organization_n
