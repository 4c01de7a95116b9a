// People with evidence in the fields, and what it counts for: bases said by the person, projects led, other works and
// projects.
MATCH (f:Field)<-[e:HAS_FIELD_EVIDENCE]-(p:Person)
WHERE f.id IN $q.fields AND e.basis IN $q.bases AND (e.year IS NULL OR e.year <= $q.until)
WITH p, false AS topic,
  count(DISTINCT CASE WHEN e.basis IN ['researchmap_area', 'interest'] THEN e.basis END) AS said,
  count(DISTINCT CASE WHEN e.basis = 'principal_investigator' THEN e.via END) AS led,
  count(DISTINCT CASE WHEN e.basis IN ['member', 'work'] THEN e.via END) AS shared
