-- Each spelling of a person's name once.
SELECT DISTINCT name, family, given FROM called
