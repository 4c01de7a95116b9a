-- Pairs of people with each work or project that they share.
SELECT a.person AS a, b.person AS b, a.via, a.via_kind, a.year
FROM group_member a
JOIN group_member b ON b.via = a.via AND a.person < b.person
WHERE a.people <= 100
