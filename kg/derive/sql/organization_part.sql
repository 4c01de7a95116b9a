-- Organisations within organisations, each pair once; none within itself.
SELECT x.entity AS organization, y.entity AS parent, min(a.rec) AS rec
FROM lake_organization_part a
JOIN organization_of x ON x.mention = a.organization_n
JOIN organization_of y ON y.mention = a.parent_n
WHERE x.entity <> y.entity
GROUP BY x.entity, y.entity
