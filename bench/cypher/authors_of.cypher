MATCH (p)-[a:AUTHORED]->(:Work {id: $work})
RETURN p.id, a.role, a.position, a.name_as_written, p.name_ja ORDER BY a.position
