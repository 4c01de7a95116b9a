-- Components that hold two values of a scheme of which a thing has only one.
SELECT c.component, n.scheme
FROM node n
JOIN component c ON c.node = n.node
JOIN hard_scheme h ON h.kind = n.kind AND h.scheme = n.scheme
WHERE h.only_one
GROUP BY c.component, n.scheme HAVING count(*) > 1
