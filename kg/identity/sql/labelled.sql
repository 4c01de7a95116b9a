-- The name by which an organisation or a venue without identifier is known: Japanese, else English.
WITH named AS (
  SELECT id_n AS mention, coalesce(name_ja, name_en) AS name FROM lake_organization
  UNION ALL
  SELECT id_n, coalesce(name_ja, name_en) FROM lake_venue
)
SELECT u.mention, u.kind, l.label
FROM unnamed u
JOIN named n ON n.mention = u.mention
JOIN name_label l ON l.name = n.name
