// And when they were.
WITH v, members, coalesce(v.year, v.start_fiscal_year, toInteger(left(v.start, 4)), $q.no_year) AS year
RETURN collect(v.id) AS via, collect(members) AS members, collect(year) AS year,
  collect(coalesce(v.end_fiscal_year, year)) AS last,
  collect(v:Work AND coalesce(size(v.date) >= 7 AND substring(v.date, 5, 2) < '04', false)) AS early
