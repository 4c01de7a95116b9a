-- Works with title, type, year and DOI.
SELECT w.id, coalesce(w.title_ja, w.title_en, w.title_other, w.id) AS label, 'work' AS kind, w.title_ja, w.title_en, w.type, w.year,
  d.doi, FALSE AS chosen
FROM work w LEFT JOIN (
  SELECT subject, string_agg(value, ';' ORDER BY value) AS doi FROM identifier
  WHERE kind = 'work' AND relation = 'self' AND scheme = 'doi' GROUP BY subject
) d ON d.subject = w.id
