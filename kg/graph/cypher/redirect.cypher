// Where an id that is no longer used leads.
MATCH (r:Redirect {id: $q.id}) RETURN r.old AS old, r.new AS new, r.reason AS reason
