-- Every anchor by which a cluster can be known again.
SELECT DISTINCT kind, cluster, anchor FROM placed
WHERE concat(kind, '|', cluster) IN (SELECT concat(kind, '|', cluster) FROM clustered)
UNION
SELECT DISTINCT kind, cluster, cluster FROM clustered
