"""`yunce answers`."""

import json
from pathlib import Path

import pytest

ASKED = {"en": "How many buyers were there in March 2026?", "zh": "2026 年 3 月有多少购买人数？"}


def ask(yunce, company: Path, question: str) -> dict:
    done = yunce("ask", question, "--json", cwd=company)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("language", "same", "differs", "line"),
    [
        ("en", "Nothing changed: figures and quotes", "Changed: the data.", "buyers (2026-03-01 – 2026-03-31): 2 → 3"),
        ("zh", "没有变化：数值和引文都与当时相同", "有变化：数据。", "购买人数 (2026-03-01 – 2026-03-31)：2 → 3"),
    ],
)  # fmt: skip
def test_an_answer_is_listed_shown_and_replayed(yunce, company, language, same, differs, line):
    orders = company / "data" / "orders.csv"
    orders.write_text(orders.read_text("utf-8") + "b,2026-02-03,1\n", encoding="utf-8")
    answer = ask(yunce, company, ASKED[language])
    listed = yunce("answers", "list", cwd=company).stdout
    assert listed.startswith(answer["id"])
    assert listed.rstrip().endswith(ASKED[language])
    shown = yunce("answers", "show", answer["id"], cwd=company).stdout
    assert shown.startswith(ASKED[language])
    assert answer["text"].split("[E1]")[0].replace("**", "").strip() in shown
    kept = json.loads(yunce("answers", "show", answer["id"], "--json", cwd=company).stdout)
    assert kept["answer"] == answer
    assert same in yunce("answers", "replay", answer["id"], cwd=company).stdout

    orders.write_text(orders.read_text("utf-8") + "c,2026-03-09,5\n", encoding="utf-8")
    told = yunce("answers", "replay", answer["id"], cwd=company)
    assert (told.returncode, told.stderr) == (0, "")
    assert differs in told.stdout
    assert line in told.stdout
    found = json.loads(yunce("answers", "replay", answer["id"], "--json", cwd=company).stdout)
    [item] = found["evidence"]
    assert item["data"]["tables"] == ["sources.orders"]
    assert (item["data"]["events_before"], item["data"]["events_now"]) == (4, 5)


def test_what_is_not_kept_is_a_bad_argument(yunce, company):
    for command in ("show", "replay"):
        done = yunce("answers", command, "a_0123456789abcdef", cwd=company)
        assert (done.returncode, done.stdout) == (2, "")
        assert "yunce answers list" in done.stderr
        done = yunce("answers", command, "没有这个", cwd=company)
        assert done.returncode == 2
        assert done.stderr.startswith("错误：没有回答 ")
    assert yunce("answers", "list", cwd=company).stdout == "No answers are kept.\n"
    assert json.loads(yunce("answers", "list", "--json", cwd=company).stdout) == []
