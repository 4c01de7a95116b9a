-- Joint items of given people with partners who meet the clause, one row an item and partner, with the reason
-- why a pair does not qualify where it does not. Table `wanted(person)` holds the people.
-- A partner's field rests on own evidence: no work or project that the two share counts for it, however many people
-- take part in it.
WITH
pair AS (
  SELECT c.a AS person, c.b AS partner, c.via, c.via_kind, c.year FROM collaboration_proof c
  WHERE c.a IN (SELECT person FROM wanted)
  UNION ALL
  SELECT c.b, c.a, c.via, c.via_kind, c.year FROM collaboration_proof c
  WHERE c.b IN (SELECT person FROM wanted)
),
partner_evidence AS (
  SELECT DISTINCT person AS partner, via,
    CASE WHEN basis IN ('researchmap_area', 'interest') THEN 'said'
         WHEN basis = 'principal_investigator' THEN 'led' ELSE 'shared' END AS strength
  FROM field_evidence
  WHERE field IN (SELECT unnest($partner_fields::VARCHAR[]))
    AND list_contains($partner_bases::VARCHAR[], basis)
    AND ($as_of_year::INT IS NULL OR year IS NULL OR year <= $as_of_year)
),
partner_total AS (
  SELECT partner,
    count(CASE WHEN strength = 'said' THEN 1 END) AS said,
    count(CASE WHEN strength = 'led' THEN 1 END) AS led,
    count(CASE WHEN strength = 'shared' THEN 1 END) AS shared
  FROM partner_evidence GROUP BY partner
),
candidate AS (
  SELECT p.person, p.partner, p.via, p.via_kind, p.year FROM pair p
  WHERE ($partner_fields::VARCHAR[] IS NULL OR p.partner IN (SELECT partner FROM partner_total))
    AND ($partner_people::VARCHAR[] IS NULL OR p.partner IN (SELECT unnest($partner_people::VARCHAR[])))
    AND ($partner_organizations::VARCHAR[] IS NULL OR p.partner IN (
      SELECT person FROM affiliated_with
      WHERE organization IN (SELECT unnest($partner_organizations::VARCHAR[])) AND kind <> 'education' AND current))
),
large_member AS (
  SELECT person, work AS via FROM authored
  WHERE person IS NOT NULL AND work IN (SELECT via FROM large_group)
  UNION
  SELECT person, project FROM member_of
  WHERE person IS NOT NULL AND project IN (SELECT via FROM large_group)
),
shared_evidence AS (
  SELECT c.person, c.partner, e.via, e.strength
  FROM candidate c JOIN partner_evidence e ON e.partner = c.partner AND e.via = c.via
  UNION
  SELECT c.person, c.partner, e.via, e.strength
  FROM (SELECT DISTINCT person, partner FROM candidate) c
  JOIN partner_evidence e ON e.partner = c.partner
  JOIN large_member m ON m.via = e.via AND m.person = c.person
),
counted_twice AS (
  SELECT person, partner,
    count(CASE WHEN strength = 'led' THEN 1 END) AS led,
    count(CASE WHEN strength = 'shared' THEN 1 END) AS shared
  FROM shared_evidence
  GROUP BY person, partner
),
judged AS (
  SELECT c.person, c.partner, c.via, c.via_kind, c.year,
    CASE
      WHEN $partner_fields::VARCHAR[] IS NULL THEN NULL
      WHEN t.said > 0 OR t.led > coalesce(x.led, 0) OR t.shared - coalesce(x.shared, 0) >= 2 THEN NULL
      WHEN t.led > 0 OR t.shared >= 2 THEN 'partner_field_only_joint'
      ELSE 'partner_single_role'
    END AS fails,
    CASE WHEN t.led > 0 THEN 'principal_investigator' WHEN t.shared >= 2 THEN 'members_or_works'
         ELSE 'single_member_or_work' END AS basis
  FROM candidate c
  LEFT JOIN partner_total t ON t.partner = c.partner
  LEFT JOIN counted_twice x ON x.person = c.person AND x.partner = c.partner
),
dated AS (
  SELECT j.person, j.partner, j.via, j.via_kind, j.year, j.fails, j.basis,
    CASE WHEN j.via_kind = 'project' THEN coalesce(r.start_fiscal_year, j.year)
         WHEN $fiscal AND length(w.date) >= 7 AND substr(w.date, 6, 2) < '04' THEN j.year - 1
         ELSE j.year END AS first_year,
    CASE WHEN j.via_kind = 'project' THEN coalesce(r.end_fiscal_year, r.start_fiscal_year, j.year)
         WHEN $fiscal AND length(w.date) >= 7 AND substr(w.date, 6, 2) < '04' THEN j.year - 1
         ELSE j.year END AS last_year
  FROM judged j
  LEFT JOIN project r ON j.via_kind = 'project' AND r.id = j.via
  LEFT JOIN work w ON $fiscal AND j.via_kind = 'work' AND w.id = j.via
)
SELECT person, partner, via, via_kind, year,
  CASE
    WHEN fails IS NOT NULL THEN fails
    WHEN NOT list_contains($kinds::VARCHAR[], via_kind) THEN 'other_kind'
    WHEN $as_of_year::INT IS NOT NULL AND coalesce(first_year, 9999) > $as_of_year THEN 'outside_years'
    WHEN $after::INT IS NOT NULL AND coalesce(last_year, -9999) < $after THEN 'outside_years'
    WHEN $before::INT IS NOT NULL AND coalesce(first_year, 9999) > $before THEN 'outside_years'
  END AS fails,
  CASE WHEN fails IS NOT NULL THEN basis END AS drop_basis
FROM dated
