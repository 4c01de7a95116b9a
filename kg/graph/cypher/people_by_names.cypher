// People one of whose whole name forms has the key, with the key. Keys are made when a release is loaded.
CALL () {
  MATCH (n:PersonName) WHERE n.key IN $q.keys RETURN n.key AS key, n.person AS id
  UNION MATCH (p:Person) WHERE p.key_ja IN $q.keys RETURN p.key_ja AS key, p.id AS id
  UNION MATCH (p:Person) WHERE p.key_en IN $q.keys RETURN p.key_en AS key, p.id AS id
  UNION MATCH (p:Person) WHERE p.key_kana IN $q.keys RETURN p.key_kana AS key, p.id AS id
}
MATCH (p:Person {id: id})
RETURN DISTINCT key, p.id AS id, p.name_ja AS name_ja, p.name_kana AS name_kana, p.name_en AS name_en ORDER BY key, id
