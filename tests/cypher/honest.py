"""Questions that analysts ask: none may be refused. `FILLED` also give rows on a small invented country."""

from __future__ import annotations

FILLED = r"""
MATCH (p:Person) RETURN count(p) AS people
MATCH (p:Person) RETURN p.id, p.name_ja ORDER BY p.id LIMIT 5
MATCH (p:Person) RETURN p LIMIT 3
match (p:Person) return p.name_ja as 氏名 order by 氏名 limit 3;
MATCH (n) RETURN labels(n)[0] AS label, count(*) AS n ORDER BY n DESC
MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY n DESC, type
MATCH (p:Person)-[:AUTHORED]->(w:Work) RETURN p.id, p.name_ja, count(DISTINCT w) AS works ORDER BY works DESC, p.id LIMIT 20
MATCH (x)-[a:AUTHORED]->(w:Work) RETURN labels(x) AS kind, count(*) AS contributions
MATCH (p:Person)-[a:AUTHORED]->(w:Work) RETURN p, a, w LIMIT 3
MATCH path = (p:Person)-[:AUTHORED]->(:Work)<-[:AUTHORED]-(q:Person) RETURN path LIMIT 2
MATCH (w:Work) WHERE w.year >= 2015 RETURN w.year AS year, count(*) AS works ORDER BY year
MATCH (w:Work) WHERE w.year IS NOT NULL WITH w.year AS year, w.type AS type RETURN year, type, count(*) AS n ORDER BY year DESC, n DESC
MATCH (w:Work) RETURN avg(w.year) AS mean, percentileCont(w.year, 0.5) AS median, min(w.year) AS first, max(w.year) AS last
MATCH (p:Person)-[c:COLLABORATED]-(q:Person) RETURN p.name_ja, q.name_ja, c.works, c.projects ORDER BY c.works DESC, p.id, q.id LIMIT 10
MATCH (p:Person)-[:COLLABORATED]-(q:Person) WITH p, count(q) AS partners RETURN p.id, partners ORDER BY partners DESC, p.id LIMIT 10
MATCH (f:Field) RETURN f.id, f.label_ja ORDER BY f.id LIMIT 20
MATCH (f:Field)-[:BROADER]->(g:Field) RETURN g.id, count(f) AS narrower ORDER BY narrower DESC, g.id LIMIT 10
MATCH (f:Field {id: 'kaken-section:J'})<-[:BROADER*0..4]-(n:Field) RETURN n.id, n.label_ja ORDER BY n.id
MATCH (p:Person)-[e:HAS_FIELD_EVIDENCE]->(f:Field) RETURN f.id, collect(DISTINCT e.basis) AS bases, count(DISTINCT p) AS people ORDER BY people DESC, f.id LIMIT 10
MATCH (p:Person)-[a:AFFILIATED_WITH]->(o:Organization) WHERE a.current RETURN o.id, o.name_ja, count(DISTINCT p) AS people ORDER BY people DESC, o.id LIMIT 20
MATCH (p:Person)-[m:MEMBER_OF]->(r:Project) WHERE m.role = 'principal_investigator' RETURN p.id, count(r) AS projects ORDER BY projects DESC, p.id LIMIT 10
MATCH (r:Project) RETURN r.start_fiscal_year AS year, count(*) AS projects ORDER BY year
MATCH (r:Project)-[:HAS_COST]->(c:ProjectCost) RETURN c.fiscal_year AS year, sum(c.direct) AS direct, sum(c.indirect) AS indirect ORDER BY year
MATCH (p:Person)-[:HAS_NAME]->(n:PersonName) RETURN p.id, collect(n.name) AS names ORDER BY size(names) DESC, p.id LIMIT 5
MATCH (p:Person)-[:HAS_IDENTIFIER]->(i:Identifier {scheme: 'orcid'}) RETURN p.id, i.value ORDER BY p.id LIMIT 5
MATCH (n)-[:FROM_RECORD]->(r:Record) RETURN r.id, r.url, labels(n) LIMIT 5
MATCH (w:Work)-[:PUBLISHED_IN]->(v:Venue) RETURN v.id, v.name_ja, count(w) AS works ORDER BY works DESC, v.id LIMIT 10
MATCH (w:Work)-[:OUTPUT_OF]->(r:Project) RETURN r.id, count(w) AS works ORDER BY works DESC, r.id LIMIT 10
MATCH (p:Person) WHERE EXISTS { (p)-[:MEMBER_OF]->(:Project) } RETURN count(p) AS people
MATCH (p:Person) RETURN p.id, COUNT { (p)-[:AUTHORED]->(:Work) } AS works ORDER BY works DESC, p.id LIMIT 5
MATCH (p:Person) RETURN p.id, COLLECT { MATCH (p)-[:AUTHORED]->(w:Work) RETURN w.id ORDER BY w.id LIMIT 3 } AS works ORDER BY p.id LIMIT 5
MATCH (p:Person) CALL (p) { MATCH (p)-[:AUTHORED]->(w:Work) RETURN count(w) AS works } RETURN p.id, works ORDER BY works DESC, p.id LIMIT 5
MATCH (p:Person) OPTIONAL MATCH (p)-[:MEMBER_OF]->(r:Project) RETURN p.id, count(r) AS projects ORDER BY projects DESC, p.id LIMIT 5
MATCH (p:Person) RETURN p {.id, .name_ja, works: size([(p)-[:AUTHORED]->(w) | w.id])} AS person ORDER BY p.id LIMIT 3
MATCH (w:Work) WHERE w.title_ja CONTAINS '研究' RETURN w.title_ja ORDER BY w.id LIMIT 5
MATCH (a:Person)-[:COLLABORATED]-(b:Person), p = shortestPath((a)-[:COLLABORATED*..6]-(b)) RETURN length(p) AS far LIMIT 3
MATCH (p:Person)-[:COLLABORATED]-(q)-[:COLLABORATED]-(r) WHERE p <> r AND NOT (p)-[:COLLABORATED]-(r) RETURN p.id, r.id, count(DISTINCT q) AS through ORDER BY through DESC, p.id, r.id LIMIT 5
CALL db.labels() YIELD label RETURN label ORDER BY label
CALL db.relationshipTypes()
CALL db.propertyKeys() YIELD propertyKey RETURN count(*) AS keys
CALL db.index.fulltext.queryNodes('text_work', '研究') YIELD node, score RETURN node.title_ja, score LIMIT 3
UNWIND [1, 2, 3] AS x RETURN x, x * 2 AS twice
RETURN 1 AS one UNION ALL RETURN 2 AS one
RETURN date('2020-04-01') AS start, duration.between(date('2019-04-01'), date('2020-04-01')).months AS months
RETURN CASE WHEN 1 < 2 THEN 'yes' ELSE 'no' END AS answer
MATCH (r:Release) RETURN r.id
MATCH (c:IdentityConflict) RETURN c.kind, c.reason, count(*) AS n ORDER BY n DESC
"""

MORE = r"""
MATCH (n:Person|Organization) RETURN count(n)
MATCH (n:Person&!Organization) RETURN count(n)
MATCH (n:!Person) RETURN count(n)
MATCH (n:%) RETURN count(n)
MATCH (n) WHERE n:Person OR n:Work RETURN count(n)
MATCH (n:Person WHERE n.profile) RETURN n.id LIMIT 1
MATCH (a)-[r:AUTHORED|MEMBER_OF]->(b) RETURN type(r), count(*)
MATCH (a)-[r:AUTHORED WHERE r.role = 'author']->(b) RETURN count(r)
MATCH (a:Person)--(b) RETURN count(*)
MATCH (a:Person)-->(b)<--(c) RETURN count(*) LIMIT 1
MATCH (a:Person)<-[r]-(b) RETURN count(r)
MATCH (a:Person {id: $id})-[:COLLABORATED*1..2]-(b) RETURN DISTINCT b.id
MATCH (a:Person {id: $id})-[:COLLABORATED]-{1,2}(b) RETURN DISTINCT b.id
MATCH p = SHORTEST 1 (a:Person {id: $id})-[:COLLABORATED]-+(b:Person {id: $other}) RETURN length(p)
MATCH p = ANY SHORTEST (a:Person {id: $id})-[:COLLABORATED]-{1,3}(b:Person) RETURN length(p) LIMIT 5
MATCH p = ALL SHORTEST (a:Person {id: $id})-[:COLLABORATED]-{1,3}(b:Person {id: $other}) RETURN p
MATCH p = ((a:Person {id: $id})-[:COLLABORATED]-(b:Person))+ RETURN length(p) LIMIT 1
MATCH (a:Person {id: $id}) (()-[:COLLABORATED]-(x))* (b) WHERE b.id = $other RETURN size(x) LIMIT 1
MATCH p = ((a:Person {id: $id})-[:COLLABORATED]-(b:Person)){1,2} RETURN p LIMIT 3
MATCH p = allShortestPaths((a:Person {id: $id})-[:COLLABORATED*..4]-(b:Person {id: $other})) RETURN p
MATCH (p:Person {id: $id}) RETURN p.name_ja, p.name_en, p.name_kana
MATCH (p:Person) WHERE p.id IN $ids RETURN p
UNWIND $ids AS id MATCH (p:Person {id: id}) RETURN p.name_ja
MATCH (w:Work) WHERE 2015 <= w.year < 2020 RETURN count(*)
MATCH (w:Work) WHERE w.year = 2019 OR w.year = 2020 AND NOT w.type = 'article' XOR w.refereed RETURN count(*)
MATCH (w:Work) WHERE w.title_ja STARTS WITH '防災' OR w.title_en ENDS WITH 'study' RETURN count(*)
MATCH (w:Work) WHERE w.title_en =~ '(?i).*disaster.*' RETURN count(*)
MATCH (w:Work) WHERE toLower(w.title_en) CONTAINS 'disaster' RETURN w.title_en LIMIT 5
MATCH (w:Work) WHERE w.doi IS NULL RETURN count(*)
MATCH (w:Work) WHERE w.year IS :: INTEGER RETURN count(*)
MATCH (w:Work) WHERE w.tags IS :: LIST<STRING> AND w.year > 2000 RETURN count(*)
MATCH (w:Work) WHERE w.title_ja IS NOT NORMALIZED RETURN count(*)
MATCH (n) WHERE elementId(n) = 'x' RETURN n
MATCH (p:Person) USING INDEX p:Person(id) WHERE p.id = 'x' RETURN p
MATCH (p:Person) USING SCAN p:Person WHERE p.id = 'x' RETURN p
MATCH (w:Work) RETURN w.year AS year, count(*) AS n ORDER BY n DESC SKIP 5 LIMIT 5
MATCH (w:Work) RETURN DISTINCT w.type ORDER BY w.type ASCENDING
MATCH (w:Work) RETURN w.type, collect(DISTINCT w.year)[..3] AS years
MATCH (w:Work) WITH * WHERE w.year > 2000 RETURN count(*)
MATCH (w:Work) RETURN * LIMIT 1
MATCH (w:Work) RETURN *, w.year AS year ORDER BY year LIMIT 1
MATCH (w:Work) WITH w ORDER BY w.year DESC LIMIT 10 RETURN collect(w.id) AS newest
MATCH (p:Person)-[:AUTHORED]->(w) WITH p, collect(w) AS works WHERE size(works) > 3 RETURN p.id, [w IN works WHERE w.year > 2015 | w.title_ja] AS titles LIMIT 5
MATCH (p:Person)-[:AUTHORED]->(w) WITH p, collect(w.year) AS years RETURN p.id, any(y IN years WHERE y > 2020) AS active, all(y IN years WHERE y > 1990) AS recent LIMIT 5
MATCH (p:Person)-[:AUTHORED]->(w) WITH p, collect(w.year) AS years RETURN p.id, none(y IN years WHERE y > 2020), single(y IN years WHERE y = 2020) LIMIT 5
MATCH (w:Work) WITH collect(w.year) AS years RETURN reduce(total = 0, y IN years | total + y) AS total
RETURN [x IN range(1, 10) WHERE x % 2 = 0 | x ^ 2] AS squares
RETURN [1, 2, 3][0], [1, 2, 3][-1], [1, 2, 3][1..2], {a: 1}.a, {a: {b: 2}}['a'].b
RETURN 0x1F, 1.5e3, 1_000, -3, +4, .5 AS half, 7 / 2, 7 % 3, 2 ^ 8
RETURN 'it\'s', "say \"yes\"", 'line\nbreak', 'tab\t', 'back\\slash'
RETURN true AND false OR NOT null IS NULL AS logic
RETURN null = null, null IS NULL, coalesce(null, 1), nullIf(1, 1)
RETURN toUpper('a'), trim(' a '), replace('abc', 'b', 'x'), split('a,b', ','), substring('abc', 1, 1), left('abc', 1), right('abc', 1), reverse('abc')
RETURN abs(-1), ceil(1.2), floor(1.8), round(1.25, 1), sign(-2), sqrt(4), exp(1), log(2), log10(100), pi(), e(), rand() < 2
RETURN toInteger('1'), toFloat('1.5'), toBoolean('true'), toString(1), toIntegerOrNull('x'), valueType(1)
RETURN date().year, datetime('2020-01-01T00:00:00Z').epochSeconds, time('10:00'), localtime('10:00'), localdatetime('2020-01-01T00:00')
RETURN date.truncate('year', date('2020-05-06')), duration({days: 1}), duration('P1Y2M'), date('2020-01-01') + duration('P1D')
RETURN point({latitude: 35.0, longitude: 135.0}), point.distance(point({x: 0, y: 0}), point({x: 3, y: 4}))
RETURN CASE 1 WHEN 1 THEN 'one' WHEN 2, 3 THEN 'few' ELSE 'many' END
RETURN size('山田𠮷'), normalize('ｶﾞ', NFKC)
RETURN 'MATCH (n) DELETE n' AS text
RETURN "CREATE (n); DROP INDEX x" AS text // CREATE (n)
RETURN 1 /* DELETE everything */ AS one
RETURN 'a\' SET n.x = 1 //' AS text
MATCH (n) WHERE n.name = 'Robert\'); DROP TABLE students;--' RETURN n
MATCH (n) WHERE n.set = 1 AND n.create = 2 AND n.delete = 3 RETURN n.merge, n.load, n.call, n.use
MATCH (n:Set)-[:CREATE]->(m:Delete) RETURN n
MATCH (n {set: 1, create: 2, delete: 3}) RETURN {merge: 1, load: 2, show: 3, end: 4, order: 5}
MATCH (`my node`:`Person`) RETURN `my node`.`name ja` AS `列 名`
MATCH (人:Person) RETURN 人.name_ja AS 名前 LIMIT 1
MATCH (count:Person) WITH count, 1 AS end, 2 AS order RETURN count.id, end, order LIMIT 1
MATCH (n) WITH n AS limit RETURN limit LIMIT 1
MATCH (p:Person) WHERE NOT EXISTS { MATCH (p)-[:AUTHORED]->(w:Work) WHERE w.year > 2010 } RETURN count(p)
MATCH (p:Person) WHERE EXISTS { MATCH (p)-[:AUTHORED]->(w) RETURN w UNION MATCH (p)-[:MEMBER_OF]->(w) RETURN w } RETURN count(p)
MATCH (p:Person) WHERE COUNT { (p)-[:AUTHORED]->() } > 3 RETURN count(p)
MATCH (p:Person) WHERE (p)-[:AUTHORED]->(:Work) RETURN count(p)
MATCH (p:Person) WHERE exists((p)-[:AUTHORED]->()) RETURN count(p)
CALL { MATCH (p:Person) RETURN count(p) AS n UNION ALL MATCH (w:Work) RETURN count(w) AS n } RETURN sum(n) AS total
MATCH (p:Person) CALL { WITH p MATCH (p)-[:AUTHORED]->(w) RETURN w ORDER BY w.year DESC LIMIT 1 } RETURN p.id, w.id LIMIT 5
MATCH (p:Person) CALL (*) { RETURN 1 AS x } RETURN count(x)
OPTIONAL MATCH (p:Person {id: 'none'}) RETURN p
MATCH (p:Person) OPTIONAL CALL (p) { MATCH (p)-[:MEMBER_OF]->(r) RETURN r LIMIT 1 } RETURN p.id, r.id LIMIT 5
CALL db.labels
CALL db.labels() YIELD *
CALL db.labels() YIELD label WHERE label STARTS WITH 'P' RETURN label
CALL db.schema.visualization()
CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName RETURN nodeType, collect(propertyName)
CALL db.schema.relTypeProperties()
CALL db.index.fulltext.queryNodes('text_person', $q, {limit: 10}) YIELD node AS person, score RETURN person.id, score ORDER BY score DESC
EXPLAIN MATCH (p:Person)-[:AUTHORED]->(w) RETURN p, w
PROFILE MATCH (p:Person) RETURN count(p)
explain match (p:Person {id: 'x'}) return p
MATCH (x)-[:AUTHORED]->(w:Work)<-[:AUTHORED]-(y) WHERE elementId(x) < elementId(y) RETURN w.id, count(*) AS pairs ORDER BY pairs DESC LIMIT 5
MATCH (p:Person)-[a:AUTHORED]->(w:Work)-[:FROM_RECORD]->(r:Record) RETURN p.id, a.source_record, r.url LIMIT 3
MATCH (p:Person)-[a:AFFILIATED_WITH]->(o) WHERE a.first_seen <= '2019' AND coalesce(a.asserted_end, a.last_seen) >= '2019' RETURN p.id, o.name_ja LIMIT 5
MATCH (p:Person)-[t:HAS_TOPIC]->(c:Topic) WHERE t.status = 'accepted' AND t.confidence >= 0.5 RETURN c.label_ja, count(*) AS n ORDER BY n DESC LIMIT 10
MATCH (f:Field {id: 'kaken-section:25030'})<-[:HAS_FIELD_EVIDENCE]-(p:Person)-[:COLLABORATED]-(q:Person)-[:IN_FIELD]->(:Field)-[:BROADER*0..4]->(:Field {id: 'kaken-section:J'}) RETURN DISTINCT p.id, p.name_ja ORDER BY p.id
MATCH (o:Organization)-[:PART_OF*0..3]->(u:Organization) RETURN u.id, u.name_ja, count(o) ORDER BY u.id LIMIT 5
MATCH (a:Work)-[r:RELATES_TO]->(b:Work) RETURN r.relation, count(*)
MATCH (p:Person) RETURN substring(p.name_ja, 0, 1) AS initial, count(*) AS n ORDER BY n DESC LIMIT 5
MATCH (a:Person), (b:Organization) RETURN a.id, b.id LIMIT 3
MATCH (w:Work) RETURN w.year % 10 AS digit, stDev(w.year), stDevP(w.year), percentileDisc(w.year, 0.9)
MATCH (p:Person) RETURN keys(p), properties(p), labels(p) LIMIT 1
MATCH ()-[r:AUTHORED]->() RETURN startNode(r), endNode(r), r.position LIMIT 1
MATCH p = (:Person)-[:AUTHORED]->(:Work) RETURN nodes(p), relationships(p), length(p) LIMIT 1
MATCH (w:Work) RETURN w.id ORDER BY w.year DESC, w.id ASC LIMIT toInteger('3')
MATCH (p:Person)~WHERE p.name_en IS NOT NULL~  AND p.profile = true~RETURN p.id // who~ORDER BY p.id~LIMIT 3
"""

SAMPLE: dict[str, object] = {"id": "P1", "other": "P2", "ids": ["P1", "P2"], "q": "山田"}
"""Values for the parameters that stand in them."""


def lines(group: str) -> list[str]:
    """One text a line; `~` stands for the end of a line in it."""
    return [x.replace("~", "\n") for x in group.split("\n") if x.strip()]


WITH_ROWS, OTHERS = lines(FILLED), lines(MORE)
HONEST = WITH_ROWS + OTHERS
