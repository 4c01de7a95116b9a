SELECT fiscal_year, direct, indirect, total, planned FROM project_cost WHERE project = 'R51' ORDER BY fiscal_year
