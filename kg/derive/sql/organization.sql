-- One row an organisation. Each column comes from the best mention that has it, by source; names that identify
-- with a code come before bare ones.
WITH ranked AS (
  SELECT e.entity, m.*, row_number() OVER (PARTITION BY e.entity ORDER BY s.nth, m.source_record, m.id) AS nth
  FROM lake_organization m
  JOIN entity_record e ON e.mention = m.id
  JOIN source_rank s ON s.kind = 'organization' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(name_ja, CASE WHEN name_ja IS NOT NULL THEN nth END) AS name_ja,
  arg_min(name_en, CASE WHEN name_en IS NOT NULL THEN nth END) AS name_en,
  arg_min(kind, CASE WHEN kind IS NOT NULL THEN nth END) AS kind,
  arg_min(country, CASE WHEN country IS NOT NULL THEN nth END) AS country,
  arg_min(region, CASE WHEN region IS NOT NULL THEN nth END) AS region,
  arg_min(city, CASE WHEN city IS NOT NULL THEN nth END) AS city,
  arg_min(source, nth) AS source, arg_min(source_record, nth) AS source_record,
  arg_min(content_hash, nth) AS content_hash, arg_min(retrieved, nth) AS retrieved
FROM ranked
GROUP BY entity
