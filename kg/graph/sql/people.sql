-- Everybody who meets all clauses of a Selection, one row a person, unordered.
-- Parameters that are NULL switch their clause off. A person's own field evidence counts as: said by the person
-- (researchmap area, interest) or led (principal investigator) once, or two member roles or works together; with
-- less the person comes out as `weak` and can only be a near miss.
WITH
own AS (
  SELECT person,
    count(DISTINCT CASE WHEN basis IN ('researchmap_area', 'interest') THEN basis END) AS said,
    count(DISTINCT CASE WHEN basis = 'principal_investigator' THEN via END) AS led,
    count(DISTINCT CASE WHEN basis IN ('member', 'work') THEN via END) AS shared
  FROM field_evidence
  WHERE field IN (SELECT unnest($fields::VARCHAR[]))
    AND list_contains($bases::VARCHAR[], basis)
    AND ($as_of_year::INT IS NULL OR year IS NULL OR year <= $as_of_year)
  GROUP BY person
),
by_field AS (
  SELECT person, said, led, shared, said = 0 AND led = 0 AND shared < 2 AS weak FROM own
),
by_topic AS (
  SELECT DISTINCT subject AS person FROM assertion
  WHERE subject_kind = 'person' AND predicate = 'has_topic' AND status = 'accepted'
    AND object IN (SELECT unnest($topics::VARCHAR[]))
),
base AS (
  SELECT p.id AS person, coalesce(f.said, 0) AS said, coalesce(f.led, 0) AS led, coalesce(f.shared, 0) AS shared,
    coalesce(f.weak, false)
      AND NOT ($topics::VARCHAR[] IS NOT NULL AND p.id IN (SELECT person FROM by_topic)) AS weak
  FROM person p
  LEFT JOIN by_field f ON f.person = p.id
  WHERE ($fields::VARCHAR[] IS NULL AND $topics::VARCHAR[] IS NULL
         OR ($fields::VARCHAR[] IS NOT NULL AND f.person IS NOT NULL)
         OR ($topics::VARCHAR[] IS NOT NULL AND p.id IN (SELECT person FROM by_topic)))
    AND ($among::VARCHAR[] IS NULL OR p.id IN (SELECT unnest($among::VARCHAR[])))
    AND ($organizations::VARCHAR[] IS NULL OR p.id IN (
      SELECT person FROM affiliated_with
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
        END))
    AND ($role::VARCHAR IS NULL OR p.id IN (
      SELECT m.person FROM member_of m JOIN project r ON r.id = m.project
      WHERE m.role = $role
        AND ($from_year::INT IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year, 9999) >= $from_year)
        AND ($to_year::INT IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $to_year)
        AND ($as_of_year::INT IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $as_of_year)))
    AND (($from_year::INT IS NULL AND $to_year::INT IS NULL) OR $role::VARCHAR IS NOT NULL
         OR $organizations::VARCHAR[] IS NOT NULL OR p.id IN (
      SELECT m.person FROM member_of m JOIN project r ON r.id = m.project
      WHERE ($from_year IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year) >= $from_year)
        AND ($to_year IS NULL OR r.start_fiscal_year <= $to_year)
      UNION
      SELECT a.person FROM authored a JOIN work w ON w.id = a.work
      WHERE CASE WHEN $fiscal AND length(w.date) >= 7 AND substr(w.date, 6, 2) < '04' THEN w.year - 1 ELSE w.year END
            BETWEEN coalesce($from_year, -9999) AND coalesce($to_year, 9999)))
    AND ($not_with::VARCHAR[] IS NULL OR (
      p.id NOT IN (SELECT unnest($not_with::VARCHAR[]))
      AND p.id NOT IN (
        SELECT b FROM collaborated WHERE a IN (SELECT unnest($not_with::VARCHAR[]))
        UNION ALL
        SELECT a FROM collaborated WHERE b IN (SELECT unnest($not_with::VARCHAR[])))))
)
SELECT person, said, led, shared, weak FROM base
