-- The name by which an organisation or a venue without identifier is known: Japanese, else English.
SELECT f.mention, f.kind, coalesce(max(CASE WHEN f.script = 'ja' THEN f.whole END), max(f.whole)) AS label
FROM lake_name_form f
WHERE f.kind IN ('organization', 'venue')
GROUP BY f.mention, f.kind
