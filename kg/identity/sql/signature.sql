-- All comparable name forms of a person mention in one text, and a number for equal ones, so that these are judged
-- once. Forms end with U+001E, their parts with U+001F.
WITH whole AS (
  SELECT mention_n AS mention,
    array_to_string(list_sort(list(concat(script, chr(31), whole, chr(31), coalesce(family, ''), chr(31),
      coalesce(given, '')))), chr(30)) AS signature
  FROM lake_name_form
  WHERE kind = 'person' AND script <> 'other'
  GROUP BY mention_n
)
SELECT w.mention, f.first AS number, w.signature
FROM whole w
JOIN (SELECT signature, min(mention) AS first FROM whole GROUP BY signature) f ON f.signature = w.signature
