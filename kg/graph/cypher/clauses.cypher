// Of these, who meets the clauses that are neither about fields nor about joint work. A clause that is null holds.
WITH DISTINCT p
WHERE ($among IS NULL OR p.id IN $among)
  AND NOT p.id IN $left_out
  AND ($organizations IS NULL OR EXISTS {
    MATCH (p)-[a:AFFILIATED_WITH]->(o:Organization)
    WHERE o.id IN $organizations AND a.kind <> 'education'
      AND CASE
        WHEN $as_of IS NOT NULL THEN
          coalesce(a.first_seen, '0000') <= $as_of
          AND (a.ongoing OR coalesce(a.asserted_end, a.last_seen, '9999')
            >= left($as_of, size(coalesce(a.asserted_end, a.last_seen, '9999'))))
        WHEN $from_year IS NOT NULL OR $to_year IS NOT NULL THEN
          ($to_year IS NULL OR coalesce(toInteger(left(a.first_seen, 4)), -9999) <= $to_year)
          AND ($from_year IS NULL OR a.ongoing
            OR coalesce(toInteger(left(coalesce(a.asserted_end, a.last_seen), 4)), 9999) >= $from_year)
        ELSE a.current
      END
  })
  AND ($role IS NULL OR EXISTS {
    MATCH (p)-[m:MEMBER_OF]->(r:Project)
    WHERE m.role = $role
      AND ($from_year IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year, 9999) >= $from_year)
      AND ($to_year IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $to_year)
      AND ($until IS NULL OR coalesce(r.start_fiscal_year, -9999) <= $until)
  })
  AND (NOT $active
    OR EXISTS {
      MATCH (p)-[:MEMBER_OF]->(r:Project)
      WHERE ($from_year IS NULL OR coalesce(r.end_fiscal_year, r.start_fiscal_year) >= $from_year)
        AND ($to_year IS NULL OR r.start_fiscal_year <= $to_year)
    }
    OR EXISTS {
      MATCH (p)-[:AUTHORED]->(w:Work)
      WHERE coalesce($from_year, -9999)
        <= CASE WHEN $fiscal AND size(w.date) >= 7 AND substring(w.date, 5, 2) < '04' THEN w.year - 1 ELSE w.year END
        <= coalesce($to_year, 9999)
    })
