-- People one of whose whole name forms has the key (spaces, commas, width of spaces and case ignored), with the key.
WITH form AS (
  SELECT person AS id, lower(regexp_replace(nfc_normalize(name), '[\s,　]', '', 'g')) AS key FROM person_name
  UNION
  SELECT id, lower(regexp_replace(name_ja, '[\s　]', '', 'g')) FROM person WHERE name_ja IS NOT NULL
  UNION
  SELECT id, lower(regexp_replace(name_en, '[\s,　]', '', 'g')) FROM person WHERE name_en IS NOT NULL
  UNION
  SELECT id, lower(regexp_replace(name_kana, '[\s　]', '', 'g')) FROM person WHERE name_kana IS NOT NULL
)
SELECT DISTINCT f.key, p.id, p.name_ja, p.name_kana, p.name_en
FROM form f JOIN person p ON p.id = f.id
WHERE f.key IN (SELECT unnest($keys::VARCHAR[]))
ORDER BY f.key, p.id
