// People employed at the organisations: on a date, else in a span of years, else now.
MATCH (o:Organization)<-[a:AFFILIATED_WITH]-(p:Person)
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
