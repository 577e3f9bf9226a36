"""What is given to people: the packages hold what they should and nothing else, come out the same twice, and work.

With GUETTEUR_LONG=1 (`make package-check`) they are also installed with all their dependencies, by pip, pipx and uv, in
every Python there is; that needs a package index.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import guetteur

ROOT = Path(__file__).parents[2]
VERSION = guetteur.__version__
DATA = {
    "channels.json",
    "knowledge.json",
    "model.json",
    "popular.bin",
    "public_hosts.bin",
    "registries.json",
    "repository.json",
    "starter.bin",
    "starter_sources.json",
}
FAKE = "impots.gouv.fr.verif-dossier.com"
LONG = os.environ.get("GUETTEUR_LONG") == "1"

pytestmark = pytest.mark.timeout(600 if LONG else 120)


def run(*command: object, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    # How this machine reaches its package index is kept, what tells a checkout from an installed copy is not.
    told = re.compile(r"(PATH|HOME|PIP_|UV_|SSL_|\w+_proxy)", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if told.match(name)}
    kept["LANG"] = "fr_FR.UTF-8"
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=kept | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are now."""
    copy = tmp_path_factory.mktemp("tree")
    left_out = shutil.ignore_patterns("__pycache__", ".work", "*.pyc")
    for folder in ("daemon", "blocklists"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=left_out)
    for name in (".gitignore", "pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md"):
        shutil.copyfile(ROOT / name, copy / name)
    return copy


def built(tree: Path, folder: Path, seed: str, umask: int) -> tuple[Path, Path]:
    before = os.umask(umask)
    try:
        command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, tree)
        done = run(*command, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH="1764000000", TZ=f"UTC{seed}")
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / f"guetteur-{VERSION}-py3-none-any.whl", folder / f"guetteur-{VERSION}.tar.gz"


@pytest.fixture(scope="module")
def packages(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Wheel and source archive."""
    return built(tree, tmp_path_factory.mktemp("packages"), "1", 0o022)


def sources(tree: Path) -> set[str]:
    """The package's files as they lie in the tree, data left out."""
    package = tree / "daemon/guetteur"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(package.parent)) for path in files if path.parent != package / "data"}


def test_the_wheel_holds_the_package_and_its_data_alone(tree: Path, packages: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(packages[0]) as wheel:
        names = set(wheel.namelist())
        described = {name for name in names if name.startswith(f"guetteur-{VERSION}.dist-info/")}
        assert names - described == sources(tree) | {f"guetteur/data/{name}" for name in DATA}
        assert all(wheel.getinfo(f"guetteur/data/{name}").file_size for name in DATA)
        metadata = wheel.read(f"guetteur-{VERSION}.dist-info/METADATA").decode()
    assert {name.partition("/")[2] for name in described} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/blocklists/NOTICE.md",
    }
    assert f"\nVersion: {VERSION}\n" in metadata
    assert "guetteur/transport/identities.toml" in names


def test_the_source_archive_holds_what_the_wheel_is_made_of(tree: Path, packages: tuple[Path, Path]) -> None:
    with tarfile.open(packages[1]) as archive:
        members = archive.getmembers()
    names = {member.name.partition("/")[2] for member in members}
    assert {f"daemon/{name}" for name in sources(tree)} <= names
    assert {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "daemon/hatch_build.py"} <= names
    assert not [
        name for name in names if re.search(r"__pycache__|(^|/)(tests|node_modules|\.work)/|guetteur/data/", name)
    ]
    assert all(member.isfile() and member.mode in (0o644, 0o755) and member.uid == 0 for member in members)


def test_two_builds_are_the_same_bytes(tree: Path, packages: tuple[Path, Path], tmp_path: Path) -> None:
    for first, second in zip(packages, built(tree, tmp_path, "2", 0o077), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def works(command: Path) -> None:
    """The installed command, far from the source tree, in a home of its own."""
    with TemporaryDirectory(prefix="guet-") as folder:
        home = Path(folder)
        (home / ".mozilla/firefox").mkdir(parents=True)
        variables = {"HOME": folder, "XDG_RUNTIME_DIR": folder, "PATH": f"{command.parent}:/usr/bin:/bin"}
        assert run(command, "--version", cwd=home, **variables).stdout.strip().endswith(VERSION)
        answers = run(command, "check", "--json", FAKE, "https://www.impots.gouv.fr/", cwd=home, **variables).stdout
        assert [json.loads(line)["level"] for line in answers.splitlines()] == ["DANGER", "OFFICIAL"]
        with subprocess.Popen([command, "serve"], env=variables, cwd=home, stderr=subprocess.DEVNULL) as daemon:
            try:
                deadline = time.monotonic() + 30
                while not (home / "guetteur/daemon.sock").exists():
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
                status = json.loads(run(command, "status", "--json", cwd=home, **variables).stdout)
                assert (status["version"], status["pid"]) == (VERSION, daemon.pid)
                run(command, "install", cwd=home, **variables)
                (manifest,) = (home / ".mozilla/native-messaging-hosts").iterdir()
                launcher = Path(json.loads(manifest.read_text())["path"])
                assert str(command.parent) in launcher.read_text()
                assert "PYTHONPATH" not in launcher.read_text()
                findings = json.loads(run(command, "doctor", "--json", cwd=home, **variables).stdout)
                assert not [found for found in findings if found["level"] == "fail"]
                assert {"launcher_ok", "manifest_ok", "data_ok"} <= {found["code"] for found in findings}
                run(command, "uninstall", "--forget", "--yes", cwd=home, **variables)
            finally:
                daemon.terminate()
        left = {str(path.relative_to(home)) for path in home.rglob("*")}
        assert left <= {".mozilla", ".mozilla/firefox", ".local", ".local/state", ".cache"}


def test_the_installed_wheel_works(packages: tuple[Path, Path], tmp_path: Path) -> None:
    env = tmp_path / "env"
    run(sys.executable, "-m", "venv", "--without-pip", env)
    (packages_of_env,) = env.glob("lib/python*/site-packages")
    # The dependencies of the tests' own environment; a line in a .pth file does not bring in its editable guetteur.
    own = Path(pytest.__file__).parent.parent
    (packages_of_env / "dependencies.pth").write_text(f"{own}\n")
    run(sys.executable, "-m", "pip", "--python", env / "bin/python", "install", "--no-deps", "--no-index", packages[0])
    works(env / "bin/guetteur")


def pythons() -> list[str]:
    """Those of the search path that run: pyenv has names for some that do not."""
    found = [path for minor in range(11, 15) if (path := shutil.which(f"python3.{minor}"))]
    return [path for path in found if not subprocess.run([path, "-V"], capture_output=True, check=False).returncode]


PYTHONS = pythons() if LONG else [sys.executable]


@pytest.mark.skipif(not LONG, reason="needs a package index: make package-check")
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("kind", [0, 1], ids=["wheel", "sdist"])
def test_pip_installs_it_whole(packages: tuple[Path, Path], tmp_path: Path, python: str, kind: int) -> None:
    env = tmp_path / "env"
    run(python, "-m", "venv", "--without-pip", env)
    done = run(sys.executable, "-m", "pip", "--python", env / "bin/python", "install", packages[kind])
    assert done.returncode == 0, done.stderr
    works(env / "bin/guetteur")


@pytest.mark.skipif(not LONG, reason="needs a package index: make package-check")
@pytest.mark.parametrize("python", PYTHONS)
def test_pipx_installs_it_whole(packages: tuple[Path, Path], tmp_path: Path, python: str) -> None:
    tool = tmp_path / "tool"
    run(sys.executable, "-m", "venv", tool)
    run(tool / "bin/pip", "install", "--quiet", "pipx")
    variables = {"PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    done = run(tool / "bin/pipx", "install", "--python", python, packages[0], **variables)
    assert done.returncode == 0, done.stderr
    works((tmp_path / "bin/guetteur").resolve())


@pytest.mark.skipif(not LONG, reason="needs a package index: make package-check")
@pytest.mark.parametrize("python", PYTHONS)
def test_uv_installs_it_whole(packages: tuple[Path, Path], tmp_path: Path, python: str) -> None:
    tool = tmp_path / "tool"
    run(sys.executable, "-m", "venv", tool)
    run(tool / "bin/pip", "install", "--quiet", "uv")
    variables = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    done = run(tool / "bin/uv", "tool", "install", "--python", python, packages[0], **variables)
    assert done.returncode == 0, done.stderr
    works((tmp_path / "bin/guetteur").resolve())


NODE_MODULES = ROOT / "extension/node_modules"


def packed(folder: Path, umask: int) -> dict[str, bytes]:
    """Build and pack the extension from a copy of its sources; archive name → bytes."""
    before = os.umask(umask)
    try:
        skipped = shutil.ignore_patterns("node_modules")
        shutil.copytree(ROOT / "extension", folder / "extension", ignore=skipped, copy_function=shutil.copyfile)
        shutil.copytree(ROOT / "blocklists/guide", folder / "blocklists/guide", copy_function=shutil.copyfile)
        (folder / "daemon/guetteur").mkdir(parents=True)
        shutil.copyfile(ROOT / "daemon/guetteur/__init__.py", folder / "daemon/guetteur/__init__.py")
        (folder / "extension/node_modules").symlink_to(NODE_MODULES)
        done = run("node", folder / "extension/build.mjs", "--pack", TZ=f"UTC{umask}")
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir() if path.is_file()}


@pytest.mark.skipif(not NODE_MODULES.exists(), reason="make check installs the extension's tools")
def test_the_extensions_are_the_same_bytes_twice_and_bear_the_packages_version(tmp_path: Path) -> None:
    first, second = packed(tmp_path / "a", 0o022), packed(tmp_path / "b", 0o077)
    assert set(first) == {
        f"guetteur-chromium-{VERSION}.zip",
        f"guetteur-firefox-{VERSION}.xpi",
        f"guetteur-thunderbird-{VERSION}.xpi",
    }
    for name, content in first.items():
        assert content == second[name], name
        with zipfile.ZipFile(tmp_path / "a/dist" / name) as archive:
            assert archive.testzip() is None
            names = archive.namelist()
            assert json.loads(archive.read("manifest.json"))["version"] == VERSION
        assert not [name for name in names if re.search(r"node_modules|\.d\.ts$|\.test\.|^tools/|package\.json$", name)]


def test_no_source_manifest_bears_a_version_of_its_own() -> None:
    for path in ("extension/manifest.json", "extension/thunderbird/manifest.json"):
        assert json.loads((ROOT / path).read_text("utf-8"))["version"] == "0.0.0"
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text("utf-8")
