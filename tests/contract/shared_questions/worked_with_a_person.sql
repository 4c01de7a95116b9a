SELECT CASE WHEN a = 'P02' THEN b ELSE a END AS id FROM collaborated WHERE 'P02' IN (a, b) ORDER BY id
