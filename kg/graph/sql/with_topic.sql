-- People who name one of the topics as their own interest.
SELECT DISTINCT subject AS person FROM assertion
WHERE subject_kind = 'person' AND predicate = 'has_topic' AND status = 'accepted'
  AND object IN (SELECT unnest($topics::VARCHAR[]))
