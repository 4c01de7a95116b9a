// The native records that speak of each: those about it first, then by source and id.
CALL (n) {
  MATCH (n)-[:FROM_RECORD]->(r:Record)
  WITH DISTINCT r, r.about <> n.id AS other
  RETURN r ORDER BY other, r.source, r.id LIMIT $q.most
}
RETURN n.id AS entity, r.id AS id, r.source AS source, r.url AS url
