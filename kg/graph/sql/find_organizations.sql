-- Organisations by name, id or code.
SELECT id FROM organization
WHERE id = $exact OR lower(regexp_replace(name_ja, '[\s　]', '', 'g')) = $key
  OR lower(regexp_replace(name_en, '[\s　]', '', 'g')) = $key
UNION
SELECT subject FROM identifier WHERE kind = 'organization' AND relation = 'self' AND value = $exact
ORDER BY id
