MATCH (r:Record) RETURN r.source AS source, count(*) AS n ORDER BY source
