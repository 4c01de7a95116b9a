-- One row a project. Each column comes from the best mention that has it, by source, then by record.
WITH placed AS (
  SELECT e.entity, m.*, s.base + m.rid AS place
  FROM lake_project m
  JOIN project_of e ON e.mention = m.id_n
  JOIN source_rank s ON s.kind = 'project' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(award_number, CASE WHEN award_number IS NOT NULL THEN place END) AS award_number,
  arg_min(title_ja, CASE WHEN title_ja IS NOT NULL THEN place END) AS title_ja,
  arg_min(title_en, CASE WHEN title_en IS NOT NULL THEN place END) AS title_en,
  arg_min(category_ja, CASE WHEN category_ja IS NOT NULL THEN place END) AS category_ja,
  arg_min(category_en, CASE WHEN category_en IS NOT NULL THEN place END) AS category_en,
  arg_min(funder_ja, CASE WHEN funder_ja IS NOT NULL THEN place END) AS funder_ja,
  arg_min(funder_en, CASE WHEN funder_en IS NOT NULL THEN place END) AS funder_en,
  arg_min(program, CASE WHEN program IS NOT NULL THEN place END) AS program,
  arg_min("start", CASE WHEN "start" IS NOT NULL THEN place END) AS "start",
  arg_min("end", CASE WHEN "end" IS NOT NULL THEN place END) AS "end",
  arg_min(start_fiscal_year, CASE WHEN start_fiscal_year IS NOT NULL THEN place END) AS start_fiscal_year,
  arg_min(end_fiscal_year, CASE WHEN end_fiscal_year IS NOT NULL THEN place END) AS end_fiscal_year,
  arg_min(end_estimated, CASE WHEN end_estimated IS NOT NULL THEN place END) AS end_estimated,
  arg_min(status, CASE WHEN status IS NOT NULL THEN place END) AS status,
  arg_min(direct_cost, CASE WHEN direct_cost IS NOT NULL THEN place END) AS direct_cost,
  arg_min(indirect_cost, CASE WHEN indirect_cost IS NOT NULL THEN place END) AS indirect_cost,
  arg_min(total_cost, CASE WHEN total_cost IS NOT NULL THEN place END) AS total_cost,
  arg_min(currency, CASE WHEN currency IS NOT NULL THEN place END) AS currency,
  arg_min(institution_ja, CASE WHEN institution_ja IS NOT NULL THEN place END) AS institution_ja,
  arg_min(institution_en, CASE WHEN institution_en IS NOT NULL THEN place END) AS institution_en,
  arg_min(source_type, CASE WHEN source_type IS NOT NULL THEN place END) AS source_type,
  arg_min(major, CASE WHEN major IS NOT NULL THEN place END) AS major,
  arg_min(international_collaboration, CASE WHEN international_collaboration IS NOT NULL THEN place END) AS international_collaboration,
  arg_min(rec, place) AS rec
FROM placed
GROUP BY entity
