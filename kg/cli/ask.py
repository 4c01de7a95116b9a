"""`kg ask`: a sentence in, the proven answer out."""

from __future__ import annotations

import click

from kg.cli.answers import emit_answer, output_options, settings_for, store_options, tell_store
from kg.messages import Lang
from kg.service import Service


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=None,
    help="People to show. Default: all with --json and files, 20 on a terminal.",
)
@click.option("--proofs", type=click.IntRange(1), default=None, help="Proofs a person. Default: all.")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of the answer. Default: that of the question.")
@store_options
@output_options
def ask(
    question: tuple[str, ...],
    limit: int | None,
    proofs: int | None,
    lang: Lang | None,
    release: str,
    home: str | None,
    store: str | None,
    fmt: str,
    out: str | None,
) -> int:
    """Answer a question in plain Japanese or English. No model is needed.

    \b
    Examples:
      kg ask 「防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください」
      kg ask --json "researchers in disaster prevention who have worked with informatics researchers since 2018"
      kg ask 19KK0341
      kg ask --format xlsx --out answer.xlsx 防災の研究者
    """
    from kg.ask import ask as answer_question

    text = " ".join(question)
    service = Service(settings_for(home, store), release)
    with service.use() as opened:
        shown = limit if limit is not None or fmt != "text" else 20
        answer = answer_question(
            opened.store, text, search=opened.search, limit=shown, proofs_per_person=proofs, lang=lang
        )
        tell_store(service)
    service.close()
    return emit_answer(answer, text, fmt, out)


COMMANDS: dict[str, click.Command] = {"ask": ask}
