SELECT year, count(*) AS n FROM work GROUP BY year ORDER BY year NULLS LAST
