SELECT a, b, works + projects AS items FROM collaborated ORDER BY items DESC, a, b LIMIT 50
