"""`make mutate`: do the surviving mutants of the last run stand in docs/mutants.md, each with its reason?

A mutant is known by its function and its changed line, which stay when others come and go; mutmut's numbers do not.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "mutants.md"
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
_ROW: Final = re.compile(r"^\| `([^`]+)` \| `` (.+?) `` \| `` (.+?) `` \| (.+) \|$", re.MULTILINE)

Mutant = tuple[str, str, str]


def survivors() -> set[Mutant]:
    """Function, line before, line after."""
    listed = subprocess.run([MUTMUT, "results"], capture_output=True, text=True, check=True).stdout
    states = dict(re.findall(r"^\s*(\S+): (.+)$", listed, re.MULTILINE))
    return {changed(name) for name, state in states.items() if state not in {"not checked", "killed"}}


def changed(name: str) -> Mutant:
    shown = subprocess.run([MUTMUT, "show", name], capture_output=True, text=True, check=True).stdout
    lines = shown.partition("@@")[2].splitlines()[1:]
    before = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    module, _, function = re.sub(r"__mutmut_\d+$", "", name).partition(".x_")
    return f"{module.removeprefix('verifier.')}.{function}", before or "(nothing)", after or "(nothing)"


def argued() -> set[Mutant]:
    return {(where, before, after) for where, before, after, _ in _ROW.findall(PAGE.read_text(encoding="utf-8"))}


def main() -> int:
    found, known = survivors(), argued()
    for where, before, after in sorted(found - known):
        print(f"✘ not argued:\n| `{where}` | `` {before} `` | `` {after} `` |  |")
    for where, _, after in sorted(known - found):
        print(f"! survives no longer, or was not tried: {where}: {after}")
    print(f"{len(found)} survive, {len(found - known)} of them without a reason in {PAGE.name}")
    return 1 if found - known else 0


if __name__ == "__main__":
    sys.exit(main())
