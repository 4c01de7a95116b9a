-- The entity of each mention of organizations, by number.
SELECT mention, entity FROM entity_of WHERE kind = 'organization'
