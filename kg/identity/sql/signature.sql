-- All comparable name forms of a person mention in one text, and a number for equal ones, so that these are judged
-- once. Forms end with U+001E, their parts with U+001F.
WITH joined AS (
  SELECT n.mention, array_to_string(list_sort(list(f.text)), chr(30)) AS signature
  FROM name_form n JOIN form f ON f.form = n.form
  WHERE f.script <> 'other'
  GROUP BY n.mention
)
SELECT j.mention, f.first AS number, j.signature
FROM joined j
JOIN (SELECT signature, min(mention) AS first FROM joined GROUP BY signature) f ON f.signature = j.signature
