"""`yunce keys` and `yunce serve`."""

import json
import re
import subprocess
import urllib.request

from tests.bots.cli.conftest import YUNCE


def test_keys_are_made_listed_and_revoked(yunce, company):
    made = yunce("keys", "create", "dashboard", "--team", "growth", cwd=company)
    assert re.fullmatch(r"yk_[\w-]{40,}\n", made.stdout)
    assert "not shown again" in made.stderr
    listed = json.loads(yunce("keys", "list", "--json", cwd=company).stdout)
    assert listed == [{"name": "dashboard", "role": "reader", "teams": ["growth"]}]
    assert made.stdout.strip() not in yunce("keys", "list", cwd=company).stdout
    assert yunce("keys", "create", "dashboard", cwd=company).returncode == 2
    assert yunce("keys", "revoke", "dashboard", cwd=company).returncode == 0
    assert yunce("keys", "list", cwd=company).stdout == "There are no keys yet.\n"


def test_a_key_that_is_not_there(invoke, company):
    done = invoke("keys", "revoke", "nobody", folder=company)
    assert done.exit_code == 2
    assert "There is no key named nobody." in done.stderr
    assert invoke("keys", "create", "  ", folder=company).exit_code == 2


def test_serving_others_needs_a_key(yunce, invoke, company):
    done = yunce("serve", "--host", "0.0.0.0", "--port", "0", cwd=company)
    assert done.returncode == 1
    assert "yunce keys create NAME" in done.stderr
    for host in ("::", "192.0.2.1"):
        assert invoke("serve", "--host", host, "--port", "0", folder=company).exit_code == 1


def test_a_port_out_of_range(invoke, company):
    assert invoke("serve", "--port", "70000", folder=company).exit_code == 2


def test_serve_answers_on_loopback(company, environment):
    server = subprocess.Popen(
        [YUNCE, "serve", "--port", "0"], cwd=company, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )  # fmt: skip
    try:
        assert server.stderr is not None
        address = next(
            found[0] for line in server.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        with urllib.request.urlopen(f"{address}/healthz", timeout=30) as answered:
            assert answered.status == 200
    finally:
        server.terminate()
        server.communicate(timeout=30)
