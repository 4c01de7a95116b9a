-- All comparable name forms of a person mention in one text, so that equal ones are judged once.
-- Forms end with U+001E, their parts with U+001F.
SELECT mention,
  array_to_string(list_sort(list(concat(script, chr(31), whole, chr(31), coalesce(family, ''), chr(31),
    coalesce(given, '')))), chr(30)) AS signature
FROM lake_name_form
WHERE kind = 'person' AND script <> 'other'
GROUP BY mention
