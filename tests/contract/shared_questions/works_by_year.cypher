MATCH (w:Work) RETURN w.year AS year, count(*) AS n ORDER BY year
