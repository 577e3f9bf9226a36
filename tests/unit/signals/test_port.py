"""Unusual ports: a hint beside a name or on a bare address, and nothing anywhere else."""

from datetime import datetime

import pytest

from guetteur.checker import Checker
from guetteur.core.subject import parse_url


def codes(checker: Checker, now: datetime, url: str) -> dict[str, float]:
    return {
        piece.code: piece.weight for piece in checker.check(parse_url(url), now=now).evidence if piece.signal == "port"
    }


def test_beside_a_name_and_on_a_bare_address(checker_without_lists: Checker, now: datetime) -> None:
    assert codes(checker_without_lists, now, "http://ameli-connexion.example.com:8888/") == {"unusual_port": 0.5}
    assert codes(checker_without_lists, now, "http://93.184.216.34:8888/") == {"port_of_address": 0.5}


@pytest.mark.parametrize(
    "url",
    [
        "http://ameli-connexion.example.com:8080/", "http://ameli-connexion.example.com/", "http://shop.example.com:8888/",
        "http://192.168.1.1:8006/", "http://localhost:3000/", "https://www.impots.gouv.fr:8888/", "https://www.google.com:8888/",
    ],
)  # fmt: skip
def test_left_alone(checker_without_lists: Checker, now: datetime, url: str) -> None:
    assert codes(checker_without_lists, now, url) == {}
