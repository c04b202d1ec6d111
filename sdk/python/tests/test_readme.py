"""The examples of the README, as one program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from berth import Berth
from conftest import Server


def test_the_examples_of_the_readme_run(server: Server, berth: Berth) -> None:
    program = Path(__file__).parent.parent / "readme.py"
    env = {**os.environ, "BERTH_URL": server.url, "BERTH_API_KEY": server.key}
    child = subprocess.run([sys.executable, program], env=env, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    party, page, errors, renamed, asynchronous = child.stdout.rstrip().split("\n")
    assert party == asynchronous == "First American Title"
    assert re.fullmatch(r"\d+ organizations, the next page is at \S+", page)
    assert errors.startswith("['name must ")
    assert renamed == "Bank of America N.A."
    assert any(one["name"] == renamed for one in berth.organizations.list(search="Bank of America N.A."))
