-- Projects with title, award number, years and cost.
SELECT id, coalesce(title_ja, title_en, award_number, id) AS label, 'project' AS kind, title_ja, title_en, award_number,
  category_ja AS category, start_fiscal_year, end_fiscal_year, total_cost, FALSE AS chosen
FROM project
