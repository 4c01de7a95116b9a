SELECT DISTINCT f.label_ja AS label FROM in_field i JOIN field f ON f.id = i.scheme || ':' || i.notation WHERE i.subject = 'R01'
