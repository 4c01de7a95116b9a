-- People who fail exactly one clause, nearest first: own field thin but joint work there; or field there but the
-- joint work does not satisfy the clause. Needs temp tables subject, joint, matched.
WITH
qualifying AS (
  SELECT person, count(DISTINCT via) AS n, min(partner) AS partner FROM joint WHERE fails IS NULL GROUP BY person
),
failing AS (
  SELECT j.person, min(CASE j.fails WHEN 'outside_years' THEN 1 WHEN 'other_kind' THEN 2
      WHEN 'partner_field_only_joint' THEN 3 ELSE 4 END) AS rank
  FROM joint j WHERE j.fails IS NOT NULL AND j.person NOT IN (SELECT person FROM qualifying) GROUP BY j.person
),
missed AS (
  SELECT s.person, 'field' AS clause, 'single_role' AS reason, q.partner, 0 AS rank
  FROM subject s JOIN qualifying q ON q.person = s.person
  WHERE s.weak AND q.n >= $least
  UNION ALL
  SELECT s.person, 'joint', 'too_few_joint', q.partner, 1
  FROM subject s JOIN qualifying q ON q.person = s.person
  WHERE NOT s.weak AND q.n < $least
  UNION ALL
  SELECT s.person, 'joint',
    CASE f.rank WHEN 1 THEN 'outside_years' WHEN 2 THEN 'other_kind' WHEN 3 THEN 'partner_field_only_joint'
                ELSE 'partner_single_role' END,
    (SELECT min(j.partner) FROM joint j WHERE j.person = s.person AND j.fails IS NOT NULL), 1 + f.rank
  FROM subject s JOIN failing f ON f.person = s.person
  WHERE NOT s.weak
)
SELECT person, clause, reason, partner FROM missed ORDER BY rank, person
