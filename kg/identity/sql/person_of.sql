-- The entity of each mention of people, by number.
SELECT mention, entity FROM entity_of WHERE kind = 'person'
