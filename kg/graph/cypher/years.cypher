// The first and the last year of a work.
MATCH (w:Work) RETURN min(w.year) AS first_year, max(w.year) AS last_year
