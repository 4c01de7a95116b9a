-- The comparable forms of each person mention, each name once: divided, where any record divides it.
SELECT c.mention, max(s.form) AS form
FROM called c
JOIN spelled s ON s.name = c.name AND s.family = c.family AND s.given = c.given
GROUP BY c.mention, s.bare
