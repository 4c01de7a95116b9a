// What the data behind every answer covers, one row.
RETURN
  COUNT { MATCH (:Person) } AS people,
  COUNT { MATCH (:Work) } AS works,
  COUNT { MATCH (:Project) } AS projects,
  COUNT { MATCH (p:Project) WHERE NOT EXISTS { (p)-[:IN_FIELD]->() } } AS projects_without_field,
  COUNT { MATCH ()-[:AUTHORED]->() } AS authorships,
  COUNT { MATCH (:Name)-[:AUTHORED]->() } AS authorships_by_name_only,
  COUNT { MATCH ()-[:MEMBER_OF]->() } AS memberships,
  COUNT { MATCH (:Name)-[:MEMBER_OF]->() } AS memberships_by_name_only,
  COUNT { MATCH (:IdentityConflict) } AS identity_conflicts,
  COUNT { MATCH (:LargeGroup) } AS large_groups
