// How many they are.
RETURN count(p) AS n
