-- Everything that was kept apart, one reason an identifier of a mention.
WITH apart AS (
  SELECT mention, node, 'several_values' AS reason, CAST(NULL AS VARCHAR) AS detail FROM several_values
  UNION ALL
  SELECT mention, node, 'name_contradiction', detail FROM cut
  UNION ALL
  SELECT mention, node, 'two_identifiers_of_one_scheme', NULL FROM two_identifiers
),
one AS (
  SELECT mention, node, min(reason) AS reason, max(detail) AS detail FROM apart GROUP BY mention, node
)
SELECT i.subject AS mention, n.kind, n.scheme, n.value, o.reason, o.detail
FROM one o
JOIN node n ON n.node = o.node
JOIN (SELECT DISTINCT subject_n, subject FROM lake_identifier) i ON i.subject_n = o.mention
