// People with evidence in the fields, or who name one of the topics.
CALL () {
  MATCH (f:Field)<-[e:HAS_FIELD_EVIDENCE]-(p:Person)
  WHERE f.id IN $q.fields AND e.basis IN $q.bases AND (e.year IS NULL OR e.year <= $q.until)
  RETURN DISTINCT p
  UNION
  MATCH (t:Topic)<-[a:HAS_TOPIC]-(p:Person)
  WHERE t.id IN $q.topics AND a.predicate = 'has_topic' AND a.status = 'accepted'
  RETURN DISTINCT p
}
