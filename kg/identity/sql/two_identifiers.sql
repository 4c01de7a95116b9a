-- Mentions that carry one of several values of a broken component's exclusive scheme.
SELECT DISTINCT u.mention, u.node
FROM usable u
JOIN node_cluster c ON c.node = u.node AND c.broken
JOIN node n ON n.node = u.node
JOIN broken b ON b.component = c.component AND b.scheme = n.scheme
