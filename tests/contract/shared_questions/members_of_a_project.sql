SELECT person, role, name_as_written FROM member_of WHERE project = 'R52' ORDER BY position NULLS LAST, path
