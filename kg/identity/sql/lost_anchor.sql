-- Anchors that entities hold by the ledger and live on without.
SELECT m.id, m.kind, m.anchor
FROM minted m
JOIN entity e ON e.id = m.id
LEFT JOIN cluster_anchor a ON a.cluster = e.cluster AND a.anchor = m.anchor
WHERE m.held AND a.anchor IS NULL
