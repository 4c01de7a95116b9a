SELECT p.id, m.role FROM member_of m JOIN project p ON p.id = m.project WHERE m.person = 'P07' ORDER BY p.start_fiscal_year DESC NULLS LAST, p.id
