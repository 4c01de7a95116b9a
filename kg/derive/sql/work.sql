-- One row a work. Each column comes from the best mention that has it, by source, then by record.
WITH placed AS (
  SELECT e.entity, m.*, s.base + m.rid AS place
  FROM lake_work m
  JOIN work_of e ON e.mention = m.id_n
  JOIN source_rank s ON s.kind = 'work' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(type, place) AS type,
  arg_min(title_ja, CASE WHEN title_ja IS NOT NULL THEN place END) AS title_ja,
  arg_min(title_en, CASE WHEN title_en IS NOT NULL THEN place END) AS title_en,
  arg_min(title_other, CASE WHEN title_other IS NOT NULL THEN place END) AS title_other,
  arg_min(title_kana, CASE WHEN title_kana IS NOT NULL THEN place END) AS title_kana,
  arg_min(year, CASE WHEN year IS NOT NULL THEN place END) AS year,
  arg_min(date, CASE WHEN date IS NOT NULL THEN place END) AS date,
  arg_min(language, CASE WHEN language IS NOT NULL THEN place END) AS language,
  arg_min(publisher, CASE WHEN publisher IS NOT NULL THEN place END) AS publisher,
  arg_min(volume, CASE WHEN volume IS NOT NULL THEN place END) AS volume,
  arg_min(issue, CASE WHEN issue IS NOT NULL THEN place END) AS issue,
  arg_min(first_page, CASE WHEN first_page IS NOT NULL THEN place END) AS first_page,
  arg_min(last_page, CASE WHEN last_page IS NOT NULL THEN place END) AS last_page,
  arg_min(page_count, CASE WHEN page_count IS NOT NULL THEN place END) AS page_count,
  arg_min(edition, CASE WHEN edition IS NOT NULL THEN place END) AS edition,
  arg_min(series, CASE WHEN series IS NOT NULL THEN place END) AS series,
  arg_min(refereed, CASE WHEN refereed IS NOT NULL THEN place END) AS refereed,
  arg_min(invited, CASE WHEN invited IS NOT NULL THEN place END) AS invited,
  arg_min(international, CASE WHEN international IS NOT NULL THEN place END) AS international,
  arg_min(open_access, CASE WHEN open_access IS NOT NULL THEN place END) AS open_access,
  arg_min(rights, CASE WHEN rights IS NOT NULL THEN place END) AS rights,
  arg_min(source_type, CASE WHEN source_type IS NOT NULL THEN place END) AS source_type,
  arg_min(degree, CASE WHEN degree IS NOT NULL THEN place END) AS degree,
  arg_min(degree_institution, CASE WHEN degree_institution IS NOT NULL THEN place END) AS degree_institution,
  arg_min(event, CASE WHEN event IS NOT NULL THEN place END) AS event,
  arg_min(event_place, CASE WHEN event_place IS NOT NULL THEN place END) AS event_place,
  arg_min(event_start, CASE WHEN event_start IS NOT NULL THEN place END) AS event_start,
  arg_min(event_end, CASE WHEN event_end IS NOT NULL THEN place END) AS event_end,
  arg_min(country, CASE WHEN country IS NOT NULL THEN place END) AS country,
  arg_min(major, CASE WHEN major IS NOT NULL THEN place END) AS major,
  arg_min(international_collaboration, CASE WHEN international_collaboration IS NOT NULL THEN place END) AS international_collaboration,
  arg_min(rec, place) AS rec
FROM placed
GROUP BY entity
