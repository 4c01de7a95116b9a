SELECT DISTINCT person AS id FROM member_of WHERE role = 'principal_investigator' AND person IS NOT NULL ORDER BY id
