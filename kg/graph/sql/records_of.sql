-- Native records that speak of entities, with the page a person can open.
SELECT entity, id, source, url FROM (
  SELECT e.entity, r.id, r.source, r.url,
    row_number() OVER (PARTITION BY e.entity ORDER BY r.about = e.entity DESC, r.source, r.id) AS nth
  FROM (SELECT DISTINCT entity, record FROM entity_record
        WHERE entity IN (SELECT unnest($entities::VARCHAR[]))) e
  JOIN record r ON r.id = e.record)
WHERE nth <= $most
ORDER BY entity, nth
