MATCH (p)-[m:MEMBER_OF]->(:Project {id: $project})
RETURN p.id, m.role, m.position, m.name_as_written, p.name_ja ORDER BY m.position
