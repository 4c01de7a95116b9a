-- The entity of each mention of venues, by number.
SELECT mention, entity FROM entity_of WHERE kind = 'venue'
