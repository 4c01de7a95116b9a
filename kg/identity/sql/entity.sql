-- The id of each cluster: the oldest minted id that it continues, then the smaller; else a new one made from its
-- first anchor, and from how many ids were made from it before: these mean others now, or nobody.
WITH kept AS (
  SELECT cluster, id, row_number() OVER (PARTITION BY cluster ORDER BY age, id) AS choice FROM pick
),
first_anchor AS (
  SELECT kind, cluster, min(anchor) AS anchor FROM cluster_anchor GROUP BY kind, cluster
),
used AS (
  SELECT kind, anchor, concat('#', CAST(count(*) AS VARCHAR)) AS suffix
  FROM minted WHERE origin GROUP BY kind, anchor
)
SELECT f.kind, f.cluster, f.anchor,
  coalesce(k.id, concat(l.letter,
    substr(sha256(concat(f.kind, '|', f.anchor, coalesce(u.suffix, ''))), 1, 16))) AS id,
  k.id IS NULL AS fresh
FROM first_anchor f
JOIN kind_letter l ON l.kind = f.kind
LEFT JOIN used u ON u.kind = f.kind AND u.anchor = f.anchor
LEFT JOIN kept k ON k.cluster = f.cluster AND k.choice = 1
