-- One row an organisation. Each column comes from the best mention that has it, by source, then by record.
WITH placed AS (
  SELECT e.entity, m.*, s.base + m.rid AS place
  FROM lake_organization m
  JOIN organization_of e ON e.mention = m.id_n
  JOIN source_rank s ON s.kind = 'organization' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(name_ja, CASE WHEN name_ja IS NOT NULL THEN place END) AS name_ja,
  arg_min(name_en, CASE WHEN name_en IS NOT NULL THEN place END) AS name_en,
  arg_min(kind, CASE WHEN kind IS NOT NULL THEN place END) AS kind,
  arg_min(country, CASE WHEN country IS NOT NULL THEN place END) AS country,
  arg_min(region, CASE WHEN region IS NOT NULL THEN place END) AS region,
  arg_min(city, CASE WHEN city IS NOT NULL THEN place END) AS city,
  arg_min(rec, place) AS rec
FROM placed
GROUP BY entity
