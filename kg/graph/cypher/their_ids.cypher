RETURN collect(q.id) AS people
