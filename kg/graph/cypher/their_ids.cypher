// Their ids.
RETURN collect(q.id) AS people
