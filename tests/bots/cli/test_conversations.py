"""`yunce conversations`."""

import json


def test_a_conversation_in_the_terminal(yunce, company):
    def say(*arguments: str) -> str:
        done = yunce(*arguments, cwd=company)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    assert say("conversations", "list").startswith("There are no conversations.\nThey are kept for 90 days")
    first = say("ask", "How many buyers were there in March 2026?", "-c", "mine")
    last = first.rstrip().rpartition("\n")[2]
    assert last.endswith(" · yunce ask -c mine")
    number = last.split()[3]
    assert say("answers", "show", number).startswith("How many buyers")
    say("ask", "And in April 2026?", "-c", "mine")

    edited = say("conversations", "edit", "mine", "And in February 2026?")
    assert edited.startswith("Replaces “And in April 2026?” (a_")
    assert "2026-02-01" in edited
    listed = say("conversations", "list").splitlines()
    assert listed[0].split()[0] == "mine"
    assert listed[0].split(maxsplit=3)[3].startswith("2  How many buyers")
    assert "(replaced by a_" in say("answers", "list")
    retried = json.loads(say("conversations", "retry", "mine", "--turn", "1", "--json"))
    assert [item["question"] for item in retried["replaces"]] == [
        "How many buyers were there in March 2026?", "And in February 2026?"
    ]  # fmt: skip
    shown = say("conversations", "show", "mine")
    assert shown.startswith("1. How many buyers were there in March 2026?")
    assert say("conversations", "export", "mine", "--output", "mine.json") == "Wrote mine.json.\n"
    assert json.loads((company / "mine.json").read_text("utf-8"))["turns"][0]["answer"] == retried
    assert say("conversations", "export", "mine").startswith("# Conversation mine\n")

    wrong = yunce("conversations", "edit", "mine", "x", "--turn", "9", cwd=company)
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "Error: The conversation mine has 1 question; there is no number 9.\n",
    )
    assert say("conversations", "delete", "mine") == "Deleted the conversation mine: 4 answers.\n"
    gone = yunce("conversations", "show", "mine", cwd=company)
    assert gone.returncode == 2
    assert "yunce conversations list" in gone.stderr
    assert say("answers", "list") == "No answers are kept.\n"
