-- The entity of each mention of works, by number.
SELECT mention, entity FROM entity_of WHERE kind = 'work'
