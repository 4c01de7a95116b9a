-- The id of each topic that is named anywhere.
SELECT object, concat('T', substr(sha256(concat('topic|', object)), 1, 16)) AS id
FROM (SELECT DISTINCT object FROM lake_assertion WHERE object LIKE 'topic:%') o
