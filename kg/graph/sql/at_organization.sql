-- People employed at one of the organisations: on a date, else in a span of years, else now.
SELECT DISTINCT person FROM affiliated_with
WHERE organization IN (SELECT unnest($organizations::VARCHAR[])) AND kind <> 'education'
  AND CASE
    WHEN $as_of::VARCHAR IS NOT NULL THEN
      coalesce(first_seen, '0000') <= $as_of
      AND (ongoing OR coalesce(asserted_end, last_seen, '9999') >= substr($as_of, 1, length(coalesce(asserted_end, last_seen, '9999'))))
    WHEN $from_year::INT IS NOT NULL OR $to_year::INT IS NOT NULL THEN
      ($to_year IS NULL OR coalesce(TRY_CAST(substr(first_seen, 1, 4) AS INT), -9999) <= $to_year)
      AND ($from_year IS NULL OR ongoing
           OR coalesce(TRY_CAST(substr(coalesce(asserted_end, last_seen), 1, 4) AS INT), 9999) >= $from_year)
    ELSE current
  END
