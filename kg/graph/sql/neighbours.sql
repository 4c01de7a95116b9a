-- Collaborators of several people, in a fixed order (breadth-first search walks on them).
SELECT a AS person, b AS other FROM collaborated WHERE a IN (SELECT unnest($people::VARCHAR[]))
UNION ALL
SELECT b, a FROM collaborated WHERE b IN (SELECT unnest($people::VARCHAR[]))
ORDER BY person, other
