-- People by a whole name form (spaces, width and case ignored), by id or by an identifier.
WITH hit AS (
  SELECT person AS id FROM person_name WHERE lower(regexp_replace(nfc_normalize(name), '[\s,　]', '', 'g')) = $key
  UNION
  SELECT id FROM person WHERE lower(regexp_replace(coalesce(name_ja, ''), '[\s　]', '', 'g')) = $key
    OR lower(regexp_replace(coalesce(name_en, ''), '[\s,　]', '', 'g')) = $key
    OR lower(regexp_replace(coalesce(name_kana, ''), '[\s　]', '', 'g')) = $key OR id = $exact
  UNION
  SELECT subject FROM identifier WHERE kind = 'person' AND relation = 'self' AND value = $exact
)
SELECT p.id, p.name_ja, p.name_kana, p.name_en FROM hit JOIN person p ON p.id = hit.id
ORDER BY p.id LIMIT $most
