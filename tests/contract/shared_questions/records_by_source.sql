SELECT source, count(*) AS n FROM record GROUP BY source ORDER BY source
