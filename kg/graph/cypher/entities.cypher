// Entities by id, each kind looked up where it lies.
MATCH (n:Organization) WHERE n.id IN $q.organization RETURN 'organization' AS kind, properties(n) AS row
UNION ALL MATCH (n:Person) WHERE n.id IN $q.person RETURN 'person' AS kind, properties(n) AS row
UNION ALL MATCH (n:Project) WHERE n.id IN $q.project RETURN 'project' AS kind, properties(n) AS row
UNION ALL MATCH (n:Topic) WHERE n.id IN $q.topic RETURN 'topic' AS kind, properties(n) AS row
UNION ALL MATCH (n:Venue) WHERE n.id IN $q.venue RETURN 'venue' AS kind, properties(n) AS row
UNION ALL MATCH (n:Work) WHERE n.id IN $q.work RETURN 'work' AS kind, properties(n) AS row
UNION ALL MATCH (n:Field) WHERE n.id IN $q.field RETURN 'field' AS kind, properties(n) AS row
