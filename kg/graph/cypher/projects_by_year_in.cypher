// Adopted projects of some fields by first fiscal year.
MATCH (f:Field)<-[e:HAS_FIELD_EVIDENCE]-()
WHERE f.id IN $q.fields AND e.via_kind = 'project'
WITH DISTINCT e.via AS id
MATCH (p:Project {id: id}) WHERE p.start_fiscal_year IS NOT NULL
RETURN p.start_fiscal_year AS year, count(*) AS n ORDER BY year
