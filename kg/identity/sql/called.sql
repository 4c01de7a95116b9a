-- How records call person mentions; '' for parts that they do not divide a name into.
SELECT person_n AS mention, name, coalesce(family, '') AS family, coalesce(given, '') AS given FROM lake_person_name
UNION ALL
SELECT person_n, concat(family_kana, ' ', given_kana), family_kana, given_kana
FROM lake_person_name WHERE family_kana IS NOT NULL AND given_kana IS NOT NULL
UNION ALL
SELECT id_n, name_ja, '', '' FROM lake_person WHERE name_ja IS NOT NULL
UNION ALL
SELECT id_n, name_kana, '', '' FROM lake_person WHERE name_kana IS NOT NULL
UNION ALL
SELECT id_n, name_en, '', '' FROM lake_person WHERE name_en IS NOT NULL
UNION ALL
SELECT mention, name, '', '' FROM extra_name
