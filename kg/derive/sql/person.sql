-- One row a person. Each column comes from the best mention that has it: own profiles first, then by source, then
-- by record. `place` orders the mentions of all people at once.
WITH placed AS (
  SELECT e.entity, m.*, s.base + m.rid + CASE WHEN m.profile THEN 0 ELSE 1152921504606846976 END AS place
  FROM lake_person m
  JOIN person_of e ON e.mention = m.id_n
  JOIN source_rank s ON s.kind = 'person' AND s.source = m.source
)
SELECT entity AS id,
  arg_min(name_ja, CASE WHEN name_ja IS NOT NULL THEN place END) AS name_ja,
  arg_min(name_kana, CASE WHEN name_kana IS NOT NULL THEN place END) AS name_kana,
  arg_min(name_en, CASE WHEN name_en IS NOT NULL THEN place END) AS name_en,
  bool_or(profile) AS profile,
  arg_min(country, CASE WHEN country IS NOT NULL THEN place END) AS country,
  arg_min(rec, place) AS rec
FROM placed
GROUP BY entity
