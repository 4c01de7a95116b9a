// Of these, who meets the clauses that are neither about fields nor about joint work. A clause that is not asked for
// holds; its value is then of the same type.
WHERE (NOT $q.by_among OR p.id IN $q.among)
  AND NOT p.id IN $q.left_out
  AND (NOT $q.by_organization OR EXISTS {
    MATCH (p)-[a:AFFILIATED_WITH]->(o:Organization)
    WHERE o.id IN $q.organizations AND a.kind <> 'education'
      AND CASE
        WHEN $q.by_date THEN
          coalesce(a.first_seen, '0000') <= $q.as_of
          AND (a.ongoing OR coalesce(a.asserted_end, a.last_seen, '9999')
            >= left($q.as_of, size(coalesce(a.asserted_end, a.last_seen, '9999'))))
        WHEN $q.since OR $q.till THEN
          coalesce(toInteger(left(a.first_seen, 4)), -9999) <= $q.to_year
          AND (a.ongoing OR coalesce(toInteger(left(coalesce(a.asserted_end, a.last_seen), 4)), 9999) >= $q.from_year)
        ELSE a.current
      END
  })
  AND (NOT $q.by_role OR EXISTS {
    MATCH (p)-[m:MEMBER_OF]->(r:Project)
    WHERE m.role = $q.role
      AND coalesce(r.end_fiscal_year, r.start_fiscal_year, 9999) >= $q.from_year
      AND coalesce(r.start_fiscal_year, -9999) <= $q.to_year
      AND coalesce(r.start_fiscal_year, -9999) <= $q.until
  })
  AND (NOT $q.by_activity
    OR EXISTS {
      MATCH (p)-[:MEMBER_OF]->(r:Project)
      WHERE (NOT $q.since OR coalesce(r.end_fiscal_year, r.start_fiscal_year) >= $q.from_year)
        AND (NOT $q.till OR r.start_fiscal_year <= $q.to_year)
    }
    OR EXISTS {
      MATCH (p)-[:AUTHORED]->(w:Work)
      WHERE $q.from_year
        <= CASE WHEN $q.fiscal AND size(w.date) >= 7 AND substring(w.date, 5, 2) < '04' THEN w.year - 1 ELSE w.year END
        <= $q.to_year
    })
