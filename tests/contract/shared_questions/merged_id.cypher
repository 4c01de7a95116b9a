MATCH (r:Redirect {id: 'P99'}) RETURN r.new AS new
