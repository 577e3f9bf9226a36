"""Changes `guetteur.core` in small ways, one at a time, and counts the changes that no test of it notices.

``python tests/quality/mutate.py SAMPLE`` tries a random sample of that size, or ``all``, on copies in
``build/mutate/work``; what survives is listed in ``build/mutate/survivors.txt``, each with its change.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build/mutate"
WORK = BUILD / "work"
SEED = 20261129
"""The sample is the same as long as the mutants are."""
CHECKS = "tests/unit/test_checks.py"
TESTS = ("tests/unit/core", "tests/unit/signals", CHECKS, "tests/unit/test_mail_checks.py")
SETTINGS = f"""
[tool.pytest.ini_options]
pythonpath = ["tests"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
addopts = "--import-mode=importlib -p no:cacheprovider"

[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/guetteur/core/*"]
also_copy = ["blocklists"]
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
timeout_multiplier = 5
timeout_constant = 5
process_isolation = "fork"
use_git_change_detection = false
"""
STEADY = """

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("steady")
"""
"""The same examples every time: a mutant is not killed by chance, nor by a busy machine."""
GENERATE = "from mutmut import __main__ as m; m.copy_src_dir(); m.copy_also_copy_files(); m.create_mutants(2)"
KILLED = {1, 3}
TIMED_OUT = {36, 24, -24, 152, 255}
SURVIVED, NO_TEST = {0}, {5, 33}


def lay_out() -> None:
    """Copy what is mutated and what tests it. mutmut wants sources below ``src``."""
    shutil.rmtree(WORK, ignore_errors=True)
    no_caches = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "daemon/guetteur", WORK / "src/guetteur", ignore=no_caches)
    shutil.copytree(ROOT / "blocklists", WORK / "blocklists", ignore=no_caches)
    for name in ("conftest.py", "support", "vectors", *(test.removeprefix("tests/") for test in TESTS)):
        source, target = ROOT / "tests" / name, WORK / "tests" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=no_caches)
        else:
            shutil.copy2(source, target)
    with (WORK / "tests/conftest.py").open("a") as conftest:
        conftest.write(STEADY)
    (WORK / "pyproject.toml").write_text(SETTINGS)


def mutmut(*arguments: str, check: bool = True) -> str:
    """Run Python or mutmut in the copy; what it says goes to the log."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=WORK, env=environment, capture_output=True, text=True, check=False
    )
    with (BUILD / "log.txt").open("a") as log:
        log.write(f"$ {' '.join(arguments)[:200]}\n{done.stdout[-20_000:]}{done.stderr[-20_000:]}\n")
    if check and done.returncode:
        sys.exit(f"mutmut ended with {done.returncode}; see {BUILD / 'log.txt'}")
    return done.stdout


def noticed_anew(name: str, tests: list[str]) -> bool:
    """Whether a mutant that survived is killed in a process of its own.

    mutmut forks from a process in which modules, caches and fixtures are built already, without the mutant, and asks of
    a function that built them only the test that came first. So the files of those tests run whole, from the start.
    """
    files = sorted({test.partition("::")[0] for test in tests} | {CHECKS})
    environment = {
        **os.environ,
        "MUTANT_UNDER_TEST": name,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(WORK / "mutants/src"),
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--timeout", "60", *files]
    done = subprocess.run(command, cwd=WORK / "mutants", env=environment, capture_output=True, check=False)
    return done.returncode in KILLED | {2}  # 2: it ends the collection


def results() -> dict[str, int | None]:
    """Each mutant and how pytest ended on it; None for those not tried."""
    found: dict[str, int | None] = {}
    for path in sorted((WORK / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def outcome(code: int | None) -> str:
    """One word for an exit code."""
    for word, codes in (("killed", KILLED), ("timed out", TIMED_OUT), ("survived", SURVIVED), ("not tested", NO_TEST)):
        if code in codes:
            return word
    return f"ended with {code}"


def main() -> None:
    """Print the shares."""
    size = sys.argv[1]
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "log.txt").write_text("")
    lay_out()
    mutmut("-c", GENERATE)
    names = sorted(results())
    sample = names if size == "all" else random.Random(SEED).sample(names, min(int(size), len(names)))
    mutmut("-m", "mutmut", "run", *sorted(sample))
    tried = {name: outcome(code) for name, code in results().items() if name in set(sample)}
    seen_by = json.loads((WORK / "mutants/mutmut-stats.json").read_text("utf-8"))["tests_by_mangled_function_name"]
    for name in [name for name, word in tried.items() if word in ("survived", "not tested")]:
        if noticed_anew(name, seen_by.get(name.rpartition("__mutmut_")[0], [])):
            tried[name] = "killed"
    counts = Counter(tried.values())
    for word, count in counts.most_common():
        print(f"{word:12} {count:6} {100 * count / len(tried):6.1f} %")
    print(f"{'mutants':12} {len(tried):6} of {len(names)} (seed {SEED})")
    left = sorted(name for name, word in tried.items() if word in ("survived", "not tested"))
    with (BUILD / "survivors.txt").open("w") as out:
        for name in left:
            out.write(f"# {tried[name]}: {name}\n{mutmut('-m', 'mutmut', 'show', name, check=False)}\n")
    print(f"survivors and their changes: {(BUILD / 'survivors.txt').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
