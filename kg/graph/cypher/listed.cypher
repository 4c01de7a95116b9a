// Their ids.
RETURN collect(p.id) AS people
