-- Topics with that label (spaces and case ignored).
SELECT id FROM topic
WHERE lower(regexp_replace(label_ja, '[\s　]', '', 'g')) = $key
  OR lower(regexp_replace(label_en, '[\s　]', '', 'g')) = $key
ORDER BY id
