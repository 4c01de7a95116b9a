-- Members of projects: a known person once a project and role, from the row that says most; bare names from the best
-- record of the project only, and not where they are a name of somebody already listed.
WITH row_of AS (
  SELECT c.project, c.person, c.organization, c.best, c.source_nth, a.project AS mention, a.path, a.role,
    a.role_as_written, a.position, a."start", a."end", a.fiscal_years, a.name_as_written, a.name_en, a.name_kana,
    a.affiliation_as_written, a.department_as_written, a.title_as_written, a.asserted_by, a.asserted, a.revised,
    a.source, a.source_record, a.content_hash, a.retrieved
  FROM membership c
  JOIN lake_member_of a ON a.project = c.mention AND a.path = c.path
  WHERE c.person IS NOT NULL OR c.best
),
known AS (
  SELECT * FROM row_of WHERE person IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY project, person, role
    ORDER BY source_nth, CASE WHEN affiliation_as_written IS NULL THEN 1 ELSE 0 END,
      CASE WHEN position IS NULL THEN 1 ELSE 0 END, source_record, mention, path) = 1
),
bare AS (
  SELECT * FROM row_of WHERE person IS NULL
),
spelled AS (
  SELECT mention, path, project, name_as_written AS name FROM bare WHERE name_as_written IS NOT NULL
  UNION ALL
  SELECT mention, path, project, name_en FROM bare WHERE name_en IS NOT NULL
),
keyed AS (
  SELECT mention, path, project,
    CASE WHEN regexp_matches(name, '[ぁ-ヿ㐀-鿿]')
      THEN lower(regexp_replace(name, '[\s.,，．・·　]+', '', 'g'))
      ELSE array_to_string(list_sort(string_split_regex(trim(regexp_replace(
        lower(regexp_replace(name, '[''’-]', '', 'g')), '[\s.,]+', ' ', 'g')), ' ')), ' ')
    END AS whole
  FROM spelled
),
listed AS (
  SELECT DISTINCT b.mention, b.path
  FROM keyed b
  JOIN known k ON k.project = b.project
  JOIN known_name n ON n.person = k.person AND n.whole = b.whole
),
kept AS (
  SELECT * FROM known
  UNION ALL
  SELECT b.* FROM bare b LEFT JOIN listed l ON l.mention = b.mention AND l.path = b.path WHERE l.mention IS NULL
)
SELECT project, concat(mention, ' ', path) AS path, person, role, role_as_written, position, "start", "end", fiscal_years,
  name_as_written, name_en, name_kana, affiliation_as_written, department_as_written, title_as_written, organization,
  asserted_by, asserted, revised, source, source_record, content_hash, retrieved
FROM kept
