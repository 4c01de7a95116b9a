// Fields that sources put an entity in, each once: by code, else by the label that stands in place of a code.
MATCH (n)-[i:IN_FIELD]->(x)
CALL (i, x) {
  WITH x WHERE x:Field RETURN x AS f
  UNION
  WITH i, x WHERE x:Name
  MATCH (f:Field) WHERE f.scheme = i.scheme AND f.label_ja = i.label RETURN f
}
RETURN DISTINCT f.id AS id, f.scheme AS scheme, f.notation AS notation, f.label_ja AS label_ja, f.label_en AS label_en,
  f.level AS level
ORDER BY id
