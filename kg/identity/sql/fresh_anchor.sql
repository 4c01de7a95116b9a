-- What the ledger does not know yet: anchors of entities, those that new ids are minted from marked as origin.
SELECT e.id, e.kind, a.anchor, e.fresh AND a.anchor = e.anchor AS origin
FROM entity e
JOIN cluster_anchor a ON a.cluster = e.cluster
LEFT JOIN (SELECT id, anchor FROM minted WHERE held) m ON m.id = e.id AND m.anchor = a.anchor
WHERE m.id IS NULL
