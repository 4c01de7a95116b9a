-- Topics with the label that most records write, in each language by script.
WITH written AS (
  SELECT t.id, a.label, regexp_matches(a.label, '[ぁ-ヿ㐀-鿿]') AS japanese, count(*) AS n
  FROM lake_assertion a JOIN topic_key t ON t.object = a.object
  GROUP BY t.id, a.label
),
ranked AS (
  SELECT id, label, japanese, row_number() OVER (PARTITION BY id, japanese ORDER BY n DESC, label) AS nth FROM written
)
SELECT id, max(CASE WHEN japanese THEN label END) AS label_ja, max(CASE WHEN NOT japanese THEN label END) AS label_en
FROM ranked WHERE nth = 1
GROUP BY id
