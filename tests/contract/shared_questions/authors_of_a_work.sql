SELECT person, name_as_written FROM authored WHERE work = 'W52' ORDER BY position NULLS LAST, path
