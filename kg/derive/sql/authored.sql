-- Contributors of works: a known person once a work, from the row that says most; bare names from the best record of
-- the work only, and not where they are a name of somebody already listed.
WITH row_of AS (
  SELECT c.work, c.person, c.organization, c.best, c.source_nth, a.work AS mention, a.path, a.position, a.role, a.roles,
    a.name_as_written, a.name_en, a.name_kana, a.affiliation_as_written, a.asserted_by, a.asserted, a.revised, a.source,
    a.source_record, a.content_hash, a.retrieved
  FROM contribution c
  JOIN lake_authored a ON a.work = c.mention AND a.path = c.path
  WHERE c.person IS NOT NULL OR c.best
),
known AS (
  SELECT * FROM row_of WHERE person IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY work, person
    ORDER BY CASE WHEN role = 'owner' THEN 1 ELSE 0 END, CASE WHEN position IS NULL THEN 1 ELSE 0 END, source_nth,
      source_record, mention, path) = 1
),
bare AS (
  SELECT * FROM row_of WHERE person IS NULL AND role <> 'owner'
),
spelled AS (
  SELECT mention, path, work, name_as_written AS name FROM bare WHERE name_as_written IS NOT NULL
  UNION ALL
  SELECT mention, path, work, name_en FROM bare WHERE name_en IS NOT NULL
),
keyed AS (
  SELECT mention, path, work,
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
  JOIN known k ON k.work = b.work
  JOIN known_name n ON n.person = k.person AND n.whole = b.whole
),
kept AS (
  SELECT * FROM known
  UNION ALL
  SELECT b.* FROM bare b LEFT JOIN listed l ON l.mention = b.mention AND l.path = b.path WHERE l.mention IS NULL
)
SELECT work, concat(mention, ' ', path) AS path, person, position, role, roles, name_as_written, name_en, name_kana,
  affiliation_as_written, organization, asserted_by, asserted, revised, source, source_record, content_hash, retrieved
FROM kept
