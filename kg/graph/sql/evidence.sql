-- Field evidence of people in any of the fields, strongest basis first, newest first.
SELECT e.person, e.field, e.basis, e.via, e.via_kind, e.year, f.label_ja, f.label_en, f.scheme, f.notation
FROM field_evidence e LEFT JOIN field f ON f.id = e.field
WHERE e.person IN (SELECT unnest($people::VARCHAR[])) AND e.field IN (SELECT unnest($fields::VARCHAR[]))
ORDER BY e.person,
  CASE e.basis WHEN 'researchmap_area' THEN 0 WHEN 'principal_investigator' THEN 1 WHEN 'interest' THEN 2
               WHEN 'member' THEN 3 ELSE 4 END,
  e.year DESC NULLS LAST, e.field, e.via
