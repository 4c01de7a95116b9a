-- Mentions that carry one of several values of a broken component's exclusive scheme.
SELECT DISTINCT p.mention, p.kind, n.scheme, n.value
FROM placed p
JOIN node n ON n.kind = p.kind AND n.anchor = p.anchor
JOIN broken b ON b.component = p.component AND b.scheme = n.scheme
