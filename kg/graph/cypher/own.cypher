// What the field of each rests on: bases said by the person, projects led, other works and projects; and the topic.
CALL (p) {
  OPTIONAL MATCH (p)-[e:HAS_FIELD_EVIDENCE]->(f:Field)
  WHERE f.id IN $q.fields AND e.basis IN $q.bases AND (e.year IS NULL OR e.year <= $q.until)
  RETURN
    count(DISTINCT CASE WHEN e.basis IN ['researchmap_area', 'interest'] THEN e.basis END) AS said,
    count(DISTINCT CASE WHEN e.basis = 'principal_investigator' THEN e.via END) AS led,
    count(DISTINCT CASE WHEN e.basis IN ['member', 'work'] THEN e.via END) AS shared
}
WITH p, said, led, shared, EXISTS {
  MATCH (p)-[a:HAS_TOPIC]->(t:Topic)
  WHERE t.id IN $q.topics AND a.predicate = 'has_topic' AND a.status = 'accepted'
} AS topic
WHERE topic OR said + led + shared > 0
