SELECT DISTINCT person AS id FROM affiliated_with WHERE organization = 'O9' AND kind <> 'education' AND current ORDER BY id
