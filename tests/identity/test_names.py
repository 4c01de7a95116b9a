"""The name guard: a mixed-up number does not join two people, a changed name does not part one."""

from __future__ import annotations

from kg.identity.names import Bearer, judge

HAN, LATIN, KANA = "han\x1f{}{}\x1f{}\x1f{}", "latin\x1f{}\x1f\x1f", "kana\x1f{}{}\x1f{}\x1f{}"


def han(family: str, given: str) -> str:
    return HAN.format(family, given, family, given)


def kana(family: str, given: str) -> str:
    return KANA.format(family, given, family, given)


def latin(words: str) -> str:
    return LATIN.format(" ".join(sorted(words.lower().split())))


def bearer(*forms: str, n: int = 1, tier: int = 2, source: str = "cinii") -> Bearer:
    return Bearer("\x1e".join(sorted(forms)), tier, source, n)


def cut(*bearers: Bearer) -> set[str]:
    return {s for s, _ in judge(list(bearers))}


def test_a_stranger_is_cut_off_also_where_it_alone_has_kana():
    """日尾 久美子 carries 中川 沙花's number; her kana is the only kana there and must not speak for her."""
    stranger = bearer(han("日尾", "久美子"), kana("ヒオ", "クミコ"), latin("Hio Kumiko"))
    assert cut(
        bearer(han("中川", "沙花"), latin("Nakagawa Saka"), n=2), bearer(latin("Nakagawa Saka"), n=2), stranger
    ) == {stranger.signature}


def test_a_changed_family_name_stays():
    assert cut(bearer(han("小野", "陽子"), n=5), bearer(han("橋口", "陽子"), n=2)) == set()


def test_different_scripts_never_contradict():
    assert (
        cut(bearer(han("高畑", "一夫")), bearer(latin("Kazuo Takahata")), bearer(kana("タカハタ", "カズオ"))) == set()
    )


def test_word_order_and_initials_agree():
    assert (
        cut(bearer(latin("Takahata Kazuo"), n=3), bearer(latin("K Takahata")), bearer(latin("Kazuo Takahata"))) == set()
    )


def test_the_profile_counts_before_any_majority():
    profile = bearer(han("中川", "沙花"), tier=0, source="kaken")
    many = bearer(han("日尾", "久美子"), n=50)
    assert cut(profile, many) == {many.signature}


def test_another_profile_with_the_number_is_judged_by_the_home_profile():
    """An ORCID record that names somebody else's researcher number is cut off from that number."""
    home = bearer(han("中川", "沙花"), tier=0, source="kaken")
    other = bearer(han("日尾", "久美子"), tier=1, source="orcid")
    assert cut(home, other) == {other.signature}


def test_of_two_equal_mentions_one_stands_and_the_other_is_cut():
    assert len(cut(bearer(han("中川", "沙花")), bearer(han("日尾", "久美子")))) == 1


def test_where_the_profile_has_no_kanji_the_mentions_decide():
    """The ORCID profile is in Latin script; one kanji mention of another person stands against eight."""
    profile = bearer(latin("Ryuichi Yanagihata"), tier=1, source="orcid")
    stranger = bearer(han("中嶌", "亮"))
    many = bearer(han("柳畑", "隆一"), latin("Yanagihata Ryuichi"), n=8)
    assert cut(profile, stranger, many) == {stranger.signature}


def test_of_two_equal_latin_names_the_one_that_sounds_like_the_kanji_stands():
    """霧沢 久美子 is Kirizawa Kumiko: as many mentions say Masuda Kentaro, but nobody would read her name so."""
    kanji, right, wrong = (
        bearer(han("霧沢", "久美子"), n=3),
        bearer(latin("Kirizawa Kumiko")),
        bearer(latin("Masuda Kentaro")),
    )
    assert cut(kanji, right, wrong) == {wrong.signature}


def test_of_two_equal_latin_names_that_nothing_decides_neither_joins_the_kanji():
    kanji, one, other = bearer(han("高橋", "花子"), n=3), bearer(latin("John Smith")), bearer(latin("Mary Jones"))
    assert cut(kanji, one, other) == {one.signature, other.signature}


def test_of_two_profiles_with_one_number_the_one_that_mentions_agree_with_is_believed():
    """A researchmap profile gives a mistyped researcher number; the CiNii profile and its papers name another person."""
    mistyped = bearer(han("大葉", "秀斗"), kana("オオバ", "ヒデト"), tier=1, source="researchmap")
    owner = bearer(han("前田", "万也"), latin("Maeda Maya"), tier=1, source="cinii")
    papers = bearer(latin("Maya Maeda"), n=4)
    assert cut(mistyped, owner, papers) == {mistyped.signature}
