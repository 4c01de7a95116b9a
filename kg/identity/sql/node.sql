-- Each identifier value once, numbered in the order of anchors.
SELECT kind, scheme, value, anchor, row_number() OVER (ORDER BY kind, anchor) - 1 AS node
FROM (SELECT DISTINCT kind, scheme, value, concat(scheme, ':', value) AS anchor FROM carried) u
