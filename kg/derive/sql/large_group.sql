-- Works and projects of more than 100 known people: they make no pairs.
SELECT DISTINCT via, via_kind, people FROM group_member WHERE people > 100
