SELECT count(*) AS n FROM project p WHERE NOT EXISTS (FROM in_field i WHERE i.subject = p.id)
