SELECT DISTINCT r.id, r.url FROM entity_record e JOIN record r ON r.id = e.record WHERE e.entity = 'W01' ORDER BY r.id
