-- One row a venue. Each column comes from the best mention that has it, by source, then by record.
WITH placed AS (
  SELECT e.entity, m.*, s.base + m.rid AS place
  FROM lake_venue m
  JOIN venue_of e ON e.mention = m.id_n
  JOIN source_rank s ON s.kind = 'venue' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(name_ja, CASE WHEN name_ja IS NOT NULL THEN place END) AS name_ja,
  arg_min(name_en, CASE WHEN name_en IS NOT NULL THEN place END) AS name_en,
  arg_min(publisher, CASE WHEN publisher IS NOT NULL THEN place END) AS publisher,
  arg_min(rec, place) AS rec
FROM placed
GROUP BY entity
