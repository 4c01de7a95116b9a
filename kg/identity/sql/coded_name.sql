-- Names that exactly one organisation with a code bears.
WITH named AS (
  SELECT id_n, name_ja AS name FROM lake_organization
  UNION ALL
  SELECT id_n, name_en FROM lake_organization
)
SELECT l.label, min(i.cluster) AS cluster
FROM named n
JOIN identified i ON i.mention = n.id_n
JOIN name_label l ON l.name = n.name
GROUP BY l.label HAVING count(DISTINCT i.cluster) = 1
