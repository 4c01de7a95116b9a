MATCH (p:Person) WHERE p.key_ja = $name RETURN p.id, p.name_ja, p.name_kana, p.name_en
