"""The pages: readable without script, in two languages, harmless whatever the sources hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from api.wording import EXAMPLES, WORDS, preferred
from kg.records import EntityRecord, FieldEvidence, InField, Person, Project, Record, Row, Work
from kg.release import use
from kg.settings import Settings
from tests.api.conftest import FIRST, running, write_release
from tests.people import tiny

SEED = "防災の研究者で、情報分野の研究者と共同研究を行っている人"
NASTY = "<script>alert(1)</script>{{7*7}}{% include 'x' %}\"'><img src=x onerror=alert(2)>\u202eevil\u0007&amp;"


class Page(HTMLParser):
    """What a browser would make of a page: tags with attributes, text, headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t in names]

    @property
    def levels(self) -> list[int]:
        return [int(t[1]) for t, _ in self.tags if re.fullmatch(r"h[1-6]", t)]


def hostile_country() -> list[Row]:
    """One person, project and work whose every text is an attack, in the field 防災 and in another by that name."""
    record = "kaken:project:x"
    return [
        *tiny.country(),
        Person(id="P66", name_ja=NASTY, name_en=NASTY, name_kana=NASTY),
        Work(id="W66", type=NASTY, title_ja=NASTY, year=2020, publisher=NASTY),
        Project(id="R66", award_number=NASTY, title_ja=NASTY, category_ja=NASTY, start_fiscal_year=2020),
        Record(id=record, kind="project", about="x", url="javascript:alert(3)"),
        EntityRecord(mention=record, entity="P66", kind="person", record=record),
        EntityRecord(mention=record + "#", entity="R66", kind="project", record=record),
        FieldEvidence(person="P66", field=tiny.BOSAI, basis="principal_investigator", via="R66", via_kind="project"),
        InField(subject="R66", subject_kind="project", scheme="kaken-section", notation="25030", label="", basis="x"),
        *tiny.together("P66", "P02", ("W66", "work", 2020)),
        tiny.at("P66", "O1", "2024", title=NASTY),
    ]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(home=tmp_path_factory.mktemp("hostile"), workers=1, memory_mb=1000)
    write_release(settings, FIRST, hostile_country())
    use(settings, FIRST)
    with running(settings) as c:
        yield c


PAGES = ["/", f"/?q={SEED}", "/?q=山田太郎", "/?q=防災の採択率", "/?q=錬金術", "/entities/P01", "/entities/R01",
         "/entities/W01", "/entities/O1", "/entities/kaken-section:J", "/entities/T1", "/entities/none", "/docs"]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/entities/P66",
        "/entities/R66",
        "/entities/W66",
        f"/?q={SEED}",
        "/?q=防災の研究者",
        "/?q=" + "%3Cscript%3E{{7*7}}",
    ],
)
def test_source_text_never_becomes_markup_script_or_address(hostile: httpx.Client, path: str):
    """It is on the page, as text; no script, no image of theirs, no address but http(s) and ours, no control characters."""
    answer = hostile.get(path, headers={"accept-language": "ja"})
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "<script>" in page.text
    assert "{{7*7}}" in page.text
    assert {t for t, _ in page.tags} <= {
        "html", "head", "meta", "title", "link", "body", "a", "header", "img", "nav", "ul", "ol", "li", "span", "main", "h1", "h2",
        "h3", "form", "label", "p", "div", "input", "button", "section", "bdi", "details", "summary", "pre", "code", "dl", "dt",
        "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "footer", "br",
    }  # fmt: skip
    assert [i["src"] for i in page.all("img")] == ["/icon.svg"]
    assert all(not any(k.startswith("on") or k == "style" for k in a) for _, a in page.tags)
    addresses = [a["href"] or "" for a in page.all("a", "link")]
    assert all(x.startswith(("/", "#", "http://", "https://")) and not x.startswith("//") for x in addresses)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", answer.text)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_built_for_everybody(client: httpx.Client, path: str, lang: str):
    """One first heading, none skipped; a language; a skip link to the content; labelled inputs; headed tables; no script."""
    answer = client.get(path, params={"lang": lang} | dict(httpx.URL(path).params), headers={"accept": "text/html"})
    page = Page(answer.text)
    assert page.all("html")[0]["lang"] == lang == answer.headers["content-language"]
    assert page.levels.count(1) == 1
    assert page.levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:], strict=False))
    assert page.all("a")[0]["href"] == "#main"
    assert [m["id"] for m in page.all("main")] == ["main"]
    labelled = {x["for"] for x in page.all("label")}
    assert all(i.get("type") == "hidden" or i["id"] in labelled for i in page.all("input"))
    assert all(x.get("scope") in ("col", "row") for x in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in page.tags if a.get("aria-labelledby")} <= set(ids)
    assert page.all("script", "style", "iframe") == []
    assert page.all("meta")[1]["content"] == "width=device-width, initial-scale=1"


def test_the_answer_page_shows_people_proofs_and_limits(client: httpx.Client):
    text = Page(client.get("/", params={"q": SEED}).text).text
    for words in (
        "該当する人：2人",
        "青木 一",
        "避難所の機械学習",
        "石川 二",
        "近い候補",
        "本人の分野の根拠が1件だけ 1人",
        "分からないこと",
    ):
        assert words in text
    assert "single_role" not in text


def test_language_follows_the_choice_then_the_browser(client: httpx.Client):
    """`lang` wins over Accept-Language and stays in the links; without either it is Japanese."""
    english = {"accept-language": "en-GB,en;q=0.8"}
    assert 'lang="ja"' in client.get("/", headers={"accept-language": ""}).text[:100]
    assert 'lang="en"' in client.get("/", headers=english).text[:100]
    chosen = client.get("/", params={"q": SEED, "lang": "ja"}, headers=english).text
    assert 'lang="ja"' in chosen[:100]
    assert "/entities/P01?lang=ja" in chosen
    assert "People whose field is" in client.get("/", params={"q": SEED, "lang": "en"}).text
    assert client.get("/", params={"lang": "<x>"}, headers=english).text.count("<x>") == 0


def test_a_question_of_white_space_is_the_start_page(client: httpx.Client):
    assert EXAMPLES["ja"][0] in client.get("/", params={"q": " \u3000\t"}).text


def test_every_page_of_an_answer_can_be_reached_by_links(client: httpx.Client):
    """From the start page to the last: 20 people a page; here all fit, and there is no next link."""
    assert 'rel="next' not in client.get("/", params={"q": SEED}).text


def test_old_ids_lead_on_and_removed_ones_say_so(client: httpx.Client):
    moved = client.get("/entities/P99?lang=en")
    assert (moved.status_code, moved.headers["location"]) == (308, "/entities/P01?lang=en")
    assert client.get("/entities/P98").status_code == 410
    assert client.get("/entities/P55").status_code == 404
    assert client.get("/entities/researchmap-area:%E9%98%B2%E7%81%BD%E5%B7%A5%E5%AD%A6").status_code == 200


def test_head_is_answered_like_get(client: httpx.Client):
    assert client.head("/").status_code == client.head("/entities/P01").status_code == 200


def test_wordings_are_complete_in_both_languages():
    """The same values in both; every wording is used."""
    web = Path(__file__).parents[2] / "api"
    used = "".join(p.read_text(encoding="utf-8") for p in [*web.glob("web/*.html"), web / "pages.py"])
    for key, (ja, en) in WORDS.items():
        assert ja, key
        assert en, key
        assert set(re.findall(r"\{(\w+)", ja)) == set(re.findall(r"\{(\w+)", en)), key
        assert f'"{key}"' in used or f"'{key}'" in used or key.startswith("error_"), key


@pytest.mark.parametrize(
    ("header", "lang"),
    [("en", "en"), ("ja;q=0.5,en;q=0.4", "ja"), ("de;q=1,en;q=x", "ja"), (",;q=", "ja"), ("EN-us", "en")],
)
def test_accept_language(header: str, lang: str):
    assert preferred(header) == lang
