"""Every list format: a golden sample, no crash and bounded batches on any text, cuts that do not matter."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guetteur.publish.parsers import interface, load_parsers
from guetteur.publish.parsers.interface import Options

SAMPLES = Path(__file__).parents[1] / "samples/feeds"
OPTIONS = {
    "csv": Options(column="url"),
    "json": Options(path="data.*.host"),
}
GOLDEN = {
    "hosts": [
        "evil.example.com", "spaced.example.net", "star.example.org", "dot.example.org", "UPPER.Example.COM",
        "bücher.example.fr",
    ],
    "hostsfile": ["evil.example.com", "one.example.net", "two.example.net", "three.example.org"],
    "adblock": ["evil.example.com", "all.example.net", "doc.example.net"],
    "urls": [
        "https://evil.example.com/login.php?id=3#top", "http://plain.example.net", "no-scheme.example.org/path",
        "http://spaced.example.com/a b",
    ],
    "csv": ["https://evil.example.com/a", "https://comma.example.net/a,b"],
    "json": ["evil.example.com", "two.example.net"],
    "rpz": [
        "evil.example.com", "evil.example.com", "ttl.example.net", "drop.example.net", "sink.example.org",
        "dotted.example.org",
    ],
}  # fmt: skip
FORMATS = sorted(load_parsers())


def read(name: str, text: str, options: Options | None = None) -> list[str]:
    parser = load_parsers()[name]
    return [
        entry
        for batch in parser.parse(io.StringIO(text, newline=None), options or OPTIONS.get(name, Options()))
        for entry in batch
    ]


def test_every_format_has_a_golden_sample() -> None:
    assert set(GOLDEN) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_golden_sample(name: str) -> None:
    assert read(name, (SAMPLES / f"{name}.txt").read_text("utf-8")) == GOLDEN[name]


@pytest.mark.parametrize("name", FORMATS)
def test_line_ends_do_not_matter(name: str) -> None:
    text = (SAMPLES / f"{name}.txt").read_text("utf-8")
    with_returns = text.replace("\n", "\r\n")
    assert read(name, with_returns) == GOLDEN[name]
    assert read(name, text.rstrip("\n")) == GOLDEN[name]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("size", [7, 64, 100])
def test_where_a_block_ends_does_not_matter(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interface, "BLOCK", size)
    assert read(name, (SAMPLES / f"{name}.txt").read_text("utf-8")) == GOLDEN[name]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("ab.-*|^#;!@:/ \t\n\r\",'{}[]0\\$\0é") | st.characters(), max_size=120))
def test_any_text(name: str, text: str) -> None:
    try:
        entries = read(name, text)
    except ValueError:
        return
    assert all(entry.strip() for entry in entries)


host = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\.(fr|com|net)", fullmatch=True)
WRITTEN = {
    "hosts": "\n".join,
    "hostsfile": lambda hosts: "\n".join(f"0.0.0.0 {name}" for name in hosts),
    "adblock": lambda hosts: "\n".join(f"||{name}^" for name in hosts),
    "urls": "\n".join,
    "csv": lambda hosts: "\n".join(["n,url", *(f'1,"{name}"' for name in hosts)]),
    "json": lambda hosts: '{"data": [' + ",".join(f'{{"host": "{name}"}}' for name in hosts) + "]}",
    "rpz": lambda hosts: "\n".join(f"{name} CNAME ." for name in hosts),
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(hosts=st.lists(host, min_size=1, max_size=20))
def test_what_is_written_is_read(name: str, hosts: list[str]) -> None:
    assert read(name, WRITTEN[name](hosts)) == hosts


def test_a_file_without_line_ends_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interface, "BLOCK", 100)
    monkeypatch.setattr(interface, "MAX_LINE", 300)
    assert all(len(block) <= 400 for block in interface.blocks(io.StringIO("x" * 5_000 + "\na.fr\n")))


def test_csv_choices() -> None:
    text = "date,user,type,value\n1,u,url,https://a.example.com/\n2,u,ip,192.0.2.1\n3,u,domain,b.example.com\n"
    options = Options(column=3, where_column=2, where=("url", "domain"))
    assert read("csv", text, options) == ["https://a.example.com/", "b.example.com"]
    with pytest.raises(ValueError, match="no column 'host'"):
        read("csv", text, Options(column="host"))


@pytest.mark.parametrize(
    ("path", "found"), [("deny", ["three.example.org", "six.example.org"]), ("data.*.tags", ["a"]), ("version", [])]
)
def test_json_paths(path: str, found: list[str]) -> None:
    assert read("json", (SAMPLES / "json.txt").read_text("utf-8"), Options(path=path)) == found


def test_json_that_is_none() -> None:
    with pytest.raises(ValueError, match="no JSON"):
        read("json", "<html>")
    with pytest.raises(ValueError, match="nothing at"):
        read("json", "{}")
    with pytest.raises(ValueError, match="no JSON"):
        read("json", "[" * 100_000)
