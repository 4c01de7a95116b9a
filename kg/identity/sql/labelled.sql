-- The name by which an organisation or a venue without identifier is known: Japanese, else English.
SELECT u.mention, u.kind, coalesce(max(CASE WHEN f.script = 'ja' THEN f.whole END), max(f.whole)) AS label
FROM unnamed u
JOIN lake_name_form f ON f.mention_n = u.mention AND f.kind = u.kind
WHERE f.kind IN ('organization', 'venue')
GROUP BY u.mention, u.kind
