-- Projects of a person with the role, newest first.
SELECT p.id, p.award_number, p.title_ja, p.title_en, p.category_ja, p.start_fiscal_year, p.end_fiscal_year,
  p.direct_cost, p.indirect_cost, p.total_cost, m.role, m.role_as_written, m.affiliation_as_written,
  m.department_as_written, m.title_as_written
FROM member_of m JOIN project p ON p.id = m.project
WHERE m.person = $person
ORDER BY p.start_fiscal_year DESC NULLS LAST, p.id, m.path
LIMIT $most OFFSET $skip
