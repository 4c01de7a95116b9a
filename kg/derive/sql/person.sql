-- One row a person. Each column comes from the best mention that has it: own profiles first, then by source.
WITH ranked AS (
  SELECT e.entity, m.*, row_number() OVER (PARTITION BY e.entity ORDER BY m.profile DESC, s.nth, m.source_record, m.id) AS nth
  FROM lake_person m
  JOIN entity_record e ON e.mention = m.id
  JOIN source_rank s ON s.kind = 'person' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(name_ja, CASE WHEN name_ja IS NOT NULL THEN nth END) AS name_ja,
  arg_min(name_kana, CASE WHEN name_kana IS NOT NULL THEN nth END) AS name_kana,
  arg_min(name_en, CASE WHEN name_en IS NOT NULL THEN nth END) AS name_en,
  bool_or(profile) AS profile,
  arg_min(country, CASE WHEN country IS NOT NULL THEN nth END) AS country,
  arg_min(source, nth) AS source, arg_min(source_record, nth) AS source_record,
  arg_min(content_hash, nth) AS content_hash, arg_min(retrieved, nth) AS retrieved
FROM ranked
GROUP BY entity
