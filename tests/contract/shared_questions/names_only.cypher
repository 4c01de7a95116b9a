MATCH (:Name)-[a:AUTHORED]->(:Work) RETURN count(a) AS n
