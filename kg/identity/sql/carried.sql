-- Hard identifiers that mentions carry themselves. A CRID joins persons only where some profile has it: CiNii also
-- gives a CRID of its own to each bare name of a paper. Of NRIDs only internal ones (9000…) stand alone; the others
-- repeat the e-Rad number.
SELECT m.mention, m.kind, m.source, m.profile, i.scheme, i.value
FROM lake_identifier i
JOIN mention m ON m.mention = i.subject_n AND m.kind = i.kind
JOIN hard_scheme h ON h.kind = i.kind AND h.scheme = i.scheme
WHERE i.relation = 'self'
  AND (i.scheme <> 'nrid' OR i.value LIKE '9000%')
  AND (i.kind <> 'person' OR i.scheme <> 'crid' OR i.value IN (
    SELECT own.value FROM lake_identifier own JOIN lake_person p ON p.id_n = own.subject_n
    WHERE p.profile AND own.kind = 'person' AND own.scheme = 'crid' AND own.relation = 'self'))
