-- Works and where they appeared, each pair once.
SELECT x.entity AS work, y.entity AS venue, min(a.rec) AS rec
FROM lake_published_in a
JOIN work_of x ON x.mention = a.work_n
JOIN venue_of y ON y.mention = a.venue_n
GROUP BY x.entity, y.entity
