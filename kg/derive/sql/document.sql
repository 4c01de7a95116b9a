-- Texts under which things are found, before they are cut into tokens. Names and identifiers are joined by U+001F.
WITH identified_by AS (
  SELECT subject, array_to_string(list_sort(list(DISTINCT value)), chr(31)) AS ids
  FROM identifier
  WHERE relation = 'self' AND scheme IN (
    'doi', 'crid', 'naid', 'ncid', 'pmid', 'hdl', 'arxiv', 'award', 'jgn', 'orcid', 'erad', 'nrid', 'researchmap', 'ror',
    'nii', 'isbn')
  GROUP BY subject
),
called AS (
  SELECT person, array_to_string(list_sort(list(DISTINCT name)), chr(31)) AS names FROM person_name GROUP BY person
),
place AS (
  SELECT a.person, min(a.organization) AS organization FROM affiliated_with a WHERE a.current GROUP BY a.person
),
first_field AS (
  SELECT subject, min(concat(scheme, ':', notation)) AS field FROM in_field GROUP BY subject
)
SELECT w.id, 'work' AS kind, coalesce(w.title_ja, w.title_en, w.title_other, '') AS title, w.title_ja AS text_ja,
  concat(coalesce(w.title_en, ''), ' ', coalesce(w.title_other, '')) AS text_en, '' AS names, i.ids, w.year,
  w.type, CAST(NULL AS VARCHAR) AS organization, f.field
FROM work w
LEFT JOIN identified_by i ON i.subject = w.id
LEFT JOIN first_field f ON f.subject = w.id
UNION ALL
SELECT r.id, 'project', coalesce(r.title_ja, r.title_en, r.award_number, ''), r.title_ja, r.title_en, '', i.ids,
  y.year, r.category_ja, NULL, f.field
FROM project r
JOIN project_year y ON y.project = r.id
LEFT JOIN identified_by i ON i.subject = r.id
LEFT JOIN first_field f ON f.subject = r.id
UNION ALL
SELECT p.id, 'person', coalesce(p.name_ja, p.name_en, p.name_kana, c.names, i.ids, p.id), NULL, NULL,
  coalesce(c.names, ''), i.ids, NULL, NULL, a.organization, f.field
FROM person p
LEFT JOIN identified_by i ON i.subject = p.id
LEFT JOIN called c ON c.person = p.id
LEFT JOIN place a ON a.person = p.id
LEFT JOIN first_field f ON f.subject = p.id
UNION ALL
SELECT o.id, 'organization', coalesce(o.name_ja, o.name_en, o.id), o.name_ja, o.name_en,
  concat(coalesce(o.name_ja, ''), chr(31), coalesce(o.name_en, '')), i.ids, NULL, o.kind, NULL, NULL
FROM organization o
LEFT JOIN identified_by i ON i.subject = o.id
