-- Hard identifiers that a mention carries although they do not lie in its cluster.
SELECT b.mention, n.scheme, n.value
FROM borne b
JOIN node n ON n.node = b.node
JOIN clustered k ON k.mention = b.mention
LEFT JOIN node_cluster c ON c.node = b.node AND c.cluster = k.cluster
WHERE c.node IS NULL
