-- Names that exactly one organisation with a code bears.
SELECT f.whole AS label, min(i.cluster) AS cluster
FROM lake_name_form f JOIN identified i ON i.mention = f.mention_n
WHERE f.kind = 'organization'
GROUP BY f.whole HAVING count(DISTINCT i.cluster) = 1
