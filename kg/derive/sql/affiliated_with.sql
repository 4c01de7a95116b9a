-- Periods put together from observations of one person at one organisation, department and title. Roles in projects
-- and works count as observations where the source gives none of its own. `current` is the place at which the person
-- was last: still there, else seen latest; employment before mere mentions.
WITH seen AS (
  SELECT person, organization, coalesce(department, '') AS department, coalesce(title, '') AS title, kind, "start",
    observed, "end", ongoing, rec
  FROM affiliation WHERE organization IS NOT NULL
),
by_role AS (
  SELECT m.person, m.organization, coalesce(m.department_as_written, '') AS department,
    coalesce(m.title_as_written, '') AS title, 'as_member' AS kind, CAST(NULL AS VARCHAR) AS "start",
    coalesce(m."start", CAST(y.year AS VARCHAR)) AS observed, m.rec
  FROM member_of m JOIN project_year y ON y.project = m.project
  WHERE m.person IS NOT NULL AND m.organization IS NOT NULL
  UNION ALL
  SELECT a.person, a.organization, '', '', 'as_author', NULL, CAST(w.year AS VARCHAR), a.rec
  FROM authored a JOIN work w ON w.id = a.work
  WHERE a.person IS NOT NULL AND a.organization IS NOT NULL
),
every AS (
  SELECT person, organization, department, title, kind, "start", observed, "end", ongoing FROM seen
  UNION ALL
  SELECT r.person, r.organization, r.department, r.title, r.kind, r."start", r.observed, NULL, NULL
  FROM by_role r
  LEFT JOIN (SELECT DISTINCT person, organization, kind, rec FROM seen) s
    ON s.person = r.person AND s.organization = r.organization AND s.kind = r.kind AND s.rec = r.rec
  WHERE s.person IS NULL
),
period AS (
  SELECT person, organization, department, title, kind,
    min(coalesce("start", observed, "end")) AS first_seen,
    max(coalesce("end", observed, "start")) AS last_seen,
    max("end") AS asserted_end,
    coalesce(bool_or(ongoing), false) AS ongoing,
    count(*) AS observations
  FROM every
  GROUP BY person, organization, department, title, kind
),
ranked AS (
  SELECT period.*,
    row_number() OVER (
      PARTITION BY person
      ORDER BY CASE WHEN kind = 'education' THEN 1 ELSE 0 END,
        CASE WHEN ongoing THEN '9999' ELSE coalesce(asserted_end, last_seen, first_seen, '0000') END DESC,
        CASE kind WHEN 'employment' THEN 0 WHEN 'as_member' THEN 1 ELSE 2 END,
        coalesce(first_seen, '0000') DESC, observations DESC, organization, department, title, kind) AS nth
  FROM period
)
SELECT person, organization, department, title, kind, first_seen, last_seen, asserted_end, ongoing, observations,
  nth = 1 AND kind <> 'education' AS current
FROM ranked
