"""Every slider of every explorer in a real browser: from key to new picture, as a table.

One chapter at a time, nothing else running. The goal is 100 ms at the 95th percentile on two cores.

    make latency            # all chapters
    python benchmarks/latency.py 1 4
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^(.+): (\d+) keys, new picture after (\d+) ms \(median\), (\d+) ms \(95 %\)")
GOAL = 100


def measure(chapter):
    """Rows (title, keys, median, 95 %) of one chapter."""
    test = ROOT / "tests" / "voila" / f"test_chapter_{chapter:02d}.py"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "browser", "-k", "control", str(test)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [LINE.match(line.strip()) for line in run.stdout.splitlines()]
    found = [(row[1], *map(int, row.groups()[1:])) for row in rows if row]
    if not found:
        raise RuntimeError(f"chapter {chapter} gave no times:\n{run.stdout[-2000:]}")
    return found


def main():
    """Print the table."""
    chapters = [int(one) for one in sys.argv[1:]] or range(1, 8)
    print("chapter  keys  median    95 %  explorer")
    above = 0
    for chapter in chapters:
        for title, keys, median, high in measure(chapter):
            above += high > GOAL
            mark = "*" if high > GOAL else " "
            print(f"{chapter:7d} {keys:5d} {median:5d} ms {high:4d} ms{mark} {title}", flush=True)
    print(f"{above} of all explorers above {GOAL} ms (*)")


if __name__ == "__main__":
    main()
