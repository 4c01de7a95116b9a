-- Topics with labels and how many people, works and projects name them.
SELECT t.id, coalesce(t.label_ja, t.label_en, t.id) AS label, 'topic' AS kind, t.label_ja, t.label_en,
  coalesce(n.subjects, 0) AS subjects, TRUE AS chosen
FROM topic t LEFT JOIN (
  SELECT object, count(DISTINCT subject) AS subjects FROM assertion
  WHERE predicate = 'has_topic' AND status = 'accepted' GROUP BY object
) n ON n.object = t.id
