// Topics with that label (spaces and case ignored).
MATCH (t:Topic) WHERE t.key_ja = $q.key RETURN t.id AS id
UNION MATCH (t:Topic) WHERE t.key_en = $q.key RETURN t.id AS id
