-- The entity of each mention of projects, by number.
SELECT mention, entity FROM entity_of WHERE kind = 'project'
