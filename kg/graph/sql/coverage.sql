-- What the data behind every answer covers, one row.
SELECT
  (SELECT count(*) FROM person) AS people,
  (SELECT count(*) FROM work) AS works,
  (SELECT count(*) FROM project) AS projects,
  (SELECT count(*) FROM project p WHERE p.id NOT IN (SELECT subject FROM in_field WHERE subject_kind = 'project'))
    AS projects_without_field,
  (SELECT count(*) FROM authored) AS authorships,
  (SELECT count(*) FROM authored WHERE person IS NULL) AS authorships_by_name_only,
  (SELECT count(*) FROM member_of) AS memberships,
  (SELECT count(*) FROM member_of WHERE person IS NULL) AS memberships_by_name_only,
  (SELECT count(*) FROM identity_conflict) AS identity_conflicts,
  (SELECT count(*) FROM large_group) AS large_groups,
  (SELECT min(year) FROM work) AS first_year,
  (SELECT max(year) FROM work) AS last_year
