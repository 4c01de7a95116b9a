// Projects of a person with the role, newest first.
MATCH (:Person {id: $q.person})-[m:MEMBER_OF]->(p:Project)
WITH m, p ORDER BY p.start_fiscal_year IS NULL, p.start_fiscal_year DESC, p.id, m.path SKIP $q.skip LIMIT $q.most
RETURN p.id AS id, p.award_number AS award_number, p.title_ja AS title_ja, p.title_en AS title_en,
  p.category_ja AS category_ja, p.start_fiscal_year AS start_fiscal_year, p.end_fiscal_year AS end_fiscal_year,
  p.direct_cost AS direct_cost, p.indirect_cost AS indirect_cost, p.total_cost AS total_cost, m.role AS role,
  m.role_as_written AS role_as_written, m.affiliation_as_written AS affiliation_as_written,
  m.department_as_written AS department_as_written, m.title_as_written AS title_as_written
