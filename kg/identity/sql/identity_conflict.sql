-- Everything that was kept apart, one reason an identifier of a mention.
SELECT mention, kind, scheme, value, min(reason) AS reason, max(detail) AS detail
FROM (
  SELECT mention, kind, scheme, value, 'several_values' AS reason, CAST(NULL AS VARCHAR) AS detail FROM several_values
  UNION ALL
  SELECT mention, kind, scheme, value, 'name_contradiction', detail FROM cut
  UNION ALL
  SELECT mention, kind, scheme, value, 'two_identifiers_of_one_scheme', NULL FROM two_identifiers
) x
GROUP BY mention, kind, scheme, value
