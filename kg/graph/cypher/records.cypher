// The native records that speak of each: those about it first, then by source and id.
CALL (n) {
  MATCH (n)-[:FROM_RECORD]->(r:Record)
  WITH DISTINCT r, r.about <> n.id AS other
  RETURN r ORDER BY other, split(r.id, ':')[0], r.id LIMIT $q.most
}
RETURN n.id AS entity, r.id AS id, split(r.id, ':')[0] AS source, r.url AS url
