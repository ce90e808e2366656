"""Which mistakes would the tests not notice? A random sample of small changes to the physics.

``make mutants`` takes places of the physics packages at random, changes one operator, comparison or
number there (the changes are Cosmic Ray's), and runs the tests that go through this place. A change
that no test notices is a survivor and is listed with its place.

First all tests of the packages run once under coverage, to know which test goes where and how long
it takes; this is kept in ``mutants/`` until a source file changes, and so are verdicts, so that a
run which was interrupted goes on. Then each of two processes changes a copy of its own, and never
the working tree. What a ``raise`` or a warning says is left out, since tests compare messages in
part, and so is what no result hangs on: annotations, decorators, the seed that a function takes
where none is given, the lengths that ``zip`` checks, and lines with a comment ``# any value:
reason`` (how much is worked on at a time, for instance). A mutant that the quickest minute of its
tests does not notice counts as survived, so that the score is a bound from below.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import hashlib
import json
import multiprocessing
import os
import py_compile
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "mutants"
VERDICTS = KEPT / "verdicts.json"
PACKAGES = {
    "transport": ("ab_oscillations", "ucf_fingerprints"),
    "anderson": ("anderson_classification",),
    "ynet": ("ynet_inversion",),
    "inverse_design": ("haldane_rediscovery",),
    "nqs": ("nqs_bands",),
    "self_energy": ("hidden_self_energies",),
}
_BINARY = "Add_Sub Sub_Add Mul_Div Div_Mul Pow_Mul FloorDiv_Mul Mod_Mul BitAnd_BitOr BitOr_BitAnd"
_COMPARED = "Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE GtE_Gt Lt_GtE Gt_LtE Is_IsNot IsNot_Is"
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{name}" for name in _BINARY.split()),
    *(f"core/ReplaceComparisonOperator_{name}" for name in _COMPARED.split()),
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_USub_UAdd",
    "core/NumberReplacer",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ZeroIterationForLoop",
)
SHORTEST = 30.0  # seconds a mutant may take at least
LONGEST = 60.0  # seconds of tests that are tried on a mutant, quickest first: then it has survived


@dataclass(frozen=True)
class Mutant:
    """One change: a file below the root, the operator, its occurrence there, and the lines."""

    file: str
    operator: str
    occurrence: int
    first: int
    last: int


# --- as a plugin of pytest, under coverage: which test runs which line, and for how long

_times: dict[str, float] = {}


def _context(item, phase):
    import coverage

    running = coverage.Coverage.current()
    if running is not None:
        running.switch_context(f"{item.nodeid.split('[')[0]}|{phase}")


def pytest_runtest_setup(item):
    _context(item, "setup")


def pytest_runtest_call(item):
    _context(item, "call")


def pytest_runtest_logreport(report):
    name = report.nodeid.split("[")[0]
    _times[name] = _times.get(name, 0.0) + report.duration


def pytest_sessionfinish():
    place = os.environ.get("QMLCOURSE_TEST_TIMES")
    if place:
        Path(place).write_text(json.dumps(_times))


# --- the map from lines to tests


def test_paths(package: str) -> list[str]:
    """Return the tests of a package and of the full-scale runs that stand on it."""
    runs = (ROOT / f"tests/reproduce/test_{chapter}_run.py" for chapter in PACKAGES[package])
    return [f"tests/{package}", *(str(p.relative_to(ROOT)) for p in runs if p.exists())]


@cache
def package_map(package: str) -> dict:
    """Return {"lines": {file: {line: [test]}}, "seconds": {test: s}} of a package, kept on disk."""
    path = KEPT / f"{package}.json"
    sources = [*ROOT.glob("qmlcourse/**/*.py"), *ROOT.glob(f"tests/{package}/**/*.py")]
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(sources))).hexdigest()
    if path.exists() and json.loads(path.read_text())["digest"] == digest:
        return json.loads(path.read_text())
    import coverage

    KEPT.mkdir(exist_ok=True)
    data, times = KEPT / f"{package}.coverage", KEPT / f"{package}.times"
    said = subprocess.run(
        [
            *(sys.executable, "-m", "coverage", "run", f"--data-file={data}"),
            *("--source=qmlcourse", "-m", "pytest", "-q", "-p", "mutants", "-m", "not browser"),
            *("-p", "no:cacheprovider", "-o", "timeout=1200", *test_paths(package)),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests"), "QMLCOURSE_TEST_TIMES": str(times)},
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise SystemExit(f"the tests of {package} fail as they are:\n{said.stdout[-2000:]}")
    found = coverage.CoverageData(str(data))
    found.read()
    seconds = json.loads(times.read_text())
    by_module: dict[str, list[str]] = {}
    for test in seconds:
        by_module.setdefault(test.split("::")[0], []).append(test)
    lines: dict[str, dict[int, list[str]]] = {}
    for file in found.measured_files():
        name = str(Path(file).relative_to(ROOT))
        if not name.startswith(f"qmlcourse/{package}/"):
            continue
        for line, contexts in found.contexts_by_lineno(file).items():
            tests: set[str] = set()
            for context in filter(None, contexts):
                test, phase = context.split("|")
                # a fixture's work is looked at by any test of its module
                tests.update(by_module[test.split("::")[0]] if phase == "setup" else [test])
            lines.setdefault(name, {})[line] = sorted(tests, key=lambda t: seconds.get(t, 0.0))
    result = {"digest": digest, "lines": lines, "seconds": seconds}
    path.write_text(json.dumps(result))
    return json.loads(path.read_text())


# --- places and changes


def places(package: str) -> list[list[Mutant]]:
    """Return every place of a package at which something can be changed, with its changes."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    operators = {name: get_operator(name)() for name in OPERATORS}
    found: dict[tuple, list[Mutant]] = {}
    for path in sorted((ROOT / "qmlcourse" / package).rglob("*.py")):
        source = path.read_text()
        silent = _silent(source)
        count: Counter = Counter()
        for node in ast_nodes(get_ast(source)):
            for name, operator in operators.items():
                for start, stop in operator.mutation_positions(node):
                    if not any(first <= start < last for first, last in silent):
                        file = str(path.relative_to(ROOT))
                        one = Mutant(file, name, count[name], start[0], stop[0])
                        found.setdefault((file, start), []).append(one)
                    count[name] += 1
    return list(found.values())


def _silent(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where changes would say nothing about results, as (line, column) from and to."""
    found: list[ast.AST | None] = []
    places = []
    for node in ast.walk(ast.parse(source)):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Raise) or called == "warnings.warn":
            found.append(node)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            found.append(node.annotation)
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            found.append(node.value)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found += node.decorator_list
        if isinstance(node, ast.FunctionDef):
            found.append(node.returns)
            given = [*node.args.posonlyargs, *node.args.args]
            defaults = zip(given[::-1], node.args.defaults[::-1], strict=False)
            keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            found += [value for name, value in (*defaults, *keywords) if name.arg == "seed"]
            if node.args.kwonlyargs:  # the star before them, which is no product
                last = next(reversed([*given, *node.args.defaults]), None)
                start = (last.end_lineno, last.end_col_offset) if last else (node.lineno, 0)
                first = node.args.kwonlyargs[0]
                places.append((start, (first.lineno, first.col_offset)))
    marked = [n for n, line in enumerate(source.splitlines(), 1) if "# any value: " in line]
    return [*places, *(((n, 0), (n + 1, 0)) for n in marked)] + [
        ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for node in found
        if node is not None
    ]


def mutated(mutant: Mutant) -> str:
    """Return the source of a file with one change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = (ROOT / mutant.file).read_text()
    return mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence)


# --- the work


def _worker(waiting, done):
    """Try mutants until there are none: each in a fork that has the heavy libraries already."""
    os.setpgrp()
    tree = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        ignored = shutil.ignore_patterns("__pycache__", "shipped")
        for name in ("qmlcourse", "tests"):
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        (tree / "qmlcourse/shipped").symlink_to(ROOT / "qmlcourse/shipped")
        shutil.copy(ROOT / "pyproject.toml", tree)
        for name in ("chapters", "benchmarks", "README.md"):
            (tree / name).symlink_to(ROOT / name)
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(tree, quiet=2, invalidation_mode=mode)
        os.chdir(tree)
        sys.path[:] = [str(tree), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
        sys.dont_write_bytecode = True
        for name in ("numpy", "scipy.sparse.linalg", "torch", "pytest", "xarray", "dask"):
            __import__(name)
        for number, mutant, tests, limit in iter(waiting.get, None):
            path = tree / mutant.file
            whole = path.read_text()
            path.write_text(mutated(mutant))
            started = time.monotonic()
            try:
                verdict = _try(tests, limit)
            finally:
                path.write_text(whole)
            done.put((number, verdict, time.monotonic() - started))
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def _try(tests, limit):
    """Return 'killed', 'killed by time' or 'survived'."""
    child = os.fork()
    if child == 0:
        os.setpgrp()
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        import pytest

        code = 1
        try:
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])
        finally:
            os._exit(int(code))
    until = time.monotonic() + limit
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed by time"


def sample(packages: list[str], number: int, seed: int) -> list[tuple]:
    """Return mutants with the tests that go through their lines, quickest first."""
    maps = {package: package_map(package) for package in packages}
    draw = random.Random(seed)
    everything = [(package, changes) for package in packages for changes in places(package)]
    jobs = []
    for package, changes in draw.sample(everything, min(number, len(everything))):
        one = draw.choice(changes)
        lines, seconds = maps[package]["lines"].get(one.file, {}), maps[package]["seconds"]
        tests = {t for n in range(one.first, one.last + 1) for t in lines.get(str(n), ())}
        if not tests and str(_statement(one)) in lines:  # read at import: any test may see it
            tests = set(seconds)
        ordered, taken = [], 0.0
        for test in sorted(tests, key=lambda test: seconds.get(test, 0.0)):
            taken += seconds.get(test, 0.0)
            if ordered and taken > LONGEST:
                break
            ordered.append(test)
        jobs.append((one, ordered, SHORTEST + 4 * min(taken, 2 * LONGEST)))
    return jobs


def _statement(mutant: Mutant) -> int:
    """Return the first line of the statement around a change, where coverage counts it."""
    tree = ast.parse((ROOT / mutant.file).read_text())
    around = (n for n in ast.walk(tree) if isinstance(n, ast.stmt))
    return max(n.lineno for n in around if n.lineno <= mutant.first <= n.end_lineno)


def main() -> int:
    """Run a sample and print its score; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--package", choices=PACKAGES, help="default: all physics packages")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    packages = [options.package] if options.package else list(PACKAGES)
    jobs = sample(packages, options.number, options.seed)
    print(f"the tests that go through each line: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    known = {} if not VERDICTS.exists() else json.loads(VERDICTS.read_text())
    keys = [_key(one) for one, _, _ in jobs]
    verdicts = {n: known[key] for n, key in enumerate(keys) if key in known}
    verdicts |= {n: "not reached" for n, (_, tests, _) in enumerate(jobs) if not tests}
    context = multiprocessing.get_context("spawn")
    waiting, done = context.Queue(), context.Queue()
    wanted = [n for n in range(len(jobs)) if n not in verdicts]
    for n in wanted:
        waiting.put((n, *jobs[n]))
    workers = [
        context.Process(target=_worker, args=(waiting, done)) for _ in range(options.processes)
    ]
    for worker in workers:
        waiting.put(None)
        worker.start()
    for count in range(len(wanted)):
        n, verdict, seconds = done.get()
        verdicts[n] = known[keys[n]] = verdict
        VERDICTS.write_text(json.dumps(known, indent=1))
        where = f"{jobs[n][0].file}:{jobs[n][0].first}"
        if not verdict.startswith("killed") or seconds > 60:
            print(f"{count + 1}/{len(wanted)} {verdict} after {seconds:.0f} s: {where}", flush=True)
    for worker in workers:
        worker.join()
    _print_score(jobs, verdicts, time.monotonic() - started)
    return 0


def _key(mutant: Mutant) -> str:
    """A mutant's name; it changes with the tests of its package and with any source."""
    digest = package_map(mutant.file.split("/")[1])["digest"]
    return f"{mutant.file} {mutant.operator} {mutant.occurrence} {digest}"


def _print_score(jobs, verdicts, seconds):
    left = sorted(n for n, verdict in verdicts.items() if not verdict.startswith("killed"))
    rows = []
    for n in left:
        one = jobs[n][0]
        before = (ROOT / one.file).read_text().splitlines()
        after = mutated(one).splitlines()
        changed = next(k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
        print(f"{verdicts[n]}: {one.file}:{changed + 1}  ({one.operator.removeprefix('core/')})")
        print(f"  - {before[changed].strip()}\n  + {after[changed].strip()}")
        rows.append(asdict(one) | {"verdict": verdicts[n]})
    KEPT.mkdir(exist_ok=True)
    (KEPT / "survivors.json").write_text(json.dumps(rows, indent=1))
    killed = len(jobs) - len(left)
    share = 100 * killed / max(1, len(jobs))
    print(f"{killed} of {len(jobs)} mutants killed ({share:.1f} %) in {seconds:.0f} s.")


if __name__ == "__main__":
    sys.exit(main())
