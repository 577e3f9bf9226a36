"""Links that lead elsewhere: what is unwrapped, and what is said of it."""

from base64 import urlsafe_b64encode
from datetime import datetime
from functools import reduce
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.redirects import Redirects
from guetteur.core.signal import Basis
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError
from guetteur.lists.knowledge import load_knowledge
from guetteur.texts import load_explainers

FAKE = "https://remboursement-ameli.info/login?a=1&b=2"
REDIRECTS = Redirects(load_knowledge(PACKAGE_DATA).redirects)
QUOTED = quote(FAKE, safe="")
BASE64 = "a1" + urlsafe_b64encode(FAKE.encode()).decode().rstrip("=")
PROOFPOINT = quote(FAKE, safe="").replace("-", "%2D").replace("%", "-")

KNOWN = [
    f"https://www.google.com/url?sa=t&url={QUOTED}",
    f"https://www.google.fr/url?q={QUOTED}",
    "https://www.google.com/amp/s/remboursement-ameli.info/login?a=1&b=2",
    "https://x.cdn.ampproject.org/c/s/remboursement-ameli.info/login?a=1&b=2",
    f"https://www.googleadservices.com/pagead/aclk?sa=L&adurl={QUOTED}",
    f"https://ad.doubleclick.net/ddm/clk/1;2?adurl={QUOTED}",
    f"https://l.facebook.com/l.php?u={QUOTED}&h=1",
    f"https://www.bing.com/ck/a?!&&p=1&u={BASE64}&ntb=1",
    f"https://www.youtube.com/redirect?q={QUOTED}",
    f"https://www.linkedin.com/redir/redirect?url={QUOTED}",
    f"https://t.umblr.com/redirect?z={QUOTED}",
    f"https://slack-redir.net/link?url={QUOTED}",
    f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=1",
    f"https://urldefense.proofpoint.com/v2/url?u={PROOFPOINT}&d=1",
    f"https://urldefense.com/v3/__{FAKE}__;!!abc",
    f"https://r.search.yahoo.com/_ylt=1?RU={QUOTED}",
    f"https://vk.com/away.php?to={QUOTED}",
    f"https://steamcommunity.com/linkfilter/?url={QUOTED}",
    f"https://href.li/?{FAKE}",
    f"https://duckduckgo.com/l/?uddg={QUOTED}",
]


@pytest.mark.parametrize("url", KNOWN)
def test_known_services(checker_without_lists: Checker, now: datetime, url: str) -> None:
    target = REDIRECTS.unwrap(parse_url(url))
    assert target is not None
    assert target.url == FAKE
    verdict = checker_without_lists.check(parse_url(url), now=now)
    assert verdict.level is Level.DANGER
    assert verdict.evidence[0].code == "leads_to_danger"
    assert verdict.evidence[0].params["target"] == "remboursement-ameli.info"
    assert load_explainers()["fr"].summary(verdict) == "Ce lien mène à un site dangereux."


def test_a_translated_site(checker_without_lists: Checker, now: datetime) -> None:
    url = parse_url("https://remboursement--ameli-info.translate.goog/x?_x_tr_sl=en")
    target = REDIRECTS.unwrap(url)
    assert target is not None
    assert target.host == "remboursement-ameli.info"
    assert checker_without_lists.check(url, now=now).level is Level.DANGER


def test_links_of_links_are_followed_three_times() -> None:
    url = FAKE
    for depth in range(1, 5):
        url = f"https://www.google.com/url?q={quote(url, safe='')}"
        target = REDIRECTS.unwrap(parse_url(url))
        assert target is not None
        assert (target.url == FAKE) is (depth <= 3)


@pytest.mark.parametrize("site", ["www.impots.gouv.fr", "login.example.org", "www.wikipedia.org"])
def test_any_site_with_the_address_of_a_fake_is_no_longer_silent(
    checker_without_lists: Checker, now: datetime, site: str
) -> None:
    verdict = checker_without_lists.check(parse_url(f"https://{site}/go?next={QUOTED}"), now=now)
    assert verdict.level is Level.CAUTION
    assert [piece.code for piece in verdict.telling] == ["carries_danger"]
    assert verdict.body is not None
    assert verdict.body.id == "ameli"


@pytest.mark.parametrize(
    "query",
    [
        "u=//remboursement-ameli.info/",
        "u=%2F%5Cremboursement-ameli.info/",
        "u=%20https://remboursement-ameli.info/",
        "u=http:remboursement-ameli.info/",
        "u=ht%09tps://remboursement-ameli.info/",
        "a=https://a.fr/&b=https://b.fr/&c=https://c.fr/&d=//www.service-public.fr/&u=https://remboursement-ameli.info/",
        "&" * 60 + "u=//remboursement-ameli.info/",
        "a=1&" * 60 + f"u={QUOTED}",
    ],
)
def test_a_fake_address_is_read_as_browsers_read_it(checker_without_lists: Checker, now: datetime, query: str) -> None:
    verdict = checker_without_lists.check(parse_url(f"https://www.impots.gouv.fr/go?{query}"), now=now)
    assert [piece.code for piece in verdict.telling] == ["carries_danger"]


@pytest.mark.parametrize("padding", ["&" * 60, "a=1&" * 60])
def test_padding_does_not_hide_where_a_known_service_leads(padding: str) -> None:
    target = REDIRECTS.unwrap(parse_url(f"https://www.google.com/url?{padding}q={QUOTED}"))
    assert target is not None
    assert target.url == FAKE


def test_a_dangerous_stop_on_the_way_counts(checker_without_lists: Checker, now: datetime) -> None:
    way = quote("https://remboursement-ameli.info/?u=https://www.wikipedia.org/", safe="")
    assert checker_without_lists.check(parse_url(f"https://www.google.com/url?q={way}"), now=now).level is Level.DANGER


@pytest.mark.parametrize(
    "url",
    [
        "https://www.impots.gouv.fr/sso?return_to=https://cfspart.impots.gouv.fr/",
        "https://www.impots.gouv.fr/sso?return_to=https://www.service-public.fr/",
        "https://accounts.google.com/signin?continue=https%3A%2F%2Fmail.google.com%2F",
        "https://login.example.org/?return_to=https://app.example.org/x",
        "https://www.google.com/url?q=https://www.wikipedia.org/",
        f"https://www.google.com/search?q={QUOTED}",
        f"https://example.org/?utm_source={QUOTED}",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=https://",
        "https://www.bing.com/ck/a?u=a1%FF",
    ],
)
def test_honest_links_give_no_evidence(checker_without_lists: Checker, now: datetime, url: str) -> None:
    verdict = checker_without_lists.check(parse_url(url), now=now)
    assert "redirector" not in {piece.signal for piece in verdict.evidence}
    assert verdict.level not in (Level.CAUTION, Level.DANGER)


def test_official_stays_official_without_a_dangerous_target(checker_without_lists: Checker, now: datetime) -> None:
    url = parse_url("https://www.impots.gouv.fr/sso?return_to=https://www.service-public.fr/")
    assert checker_without_lists.check(url, now=now).level is Level.OFFICIAL


def test_a_listed_target_is_not_softened(checker: Checker, now: datetime) -> None:
    assert checker.blocklist is not None
    host = next(iter(checker.blocklist.entries()))
    verdict = checker.check(parse_url(f"https://www.google.com/url?q=https://{host}/"), now=now)
    assert verdict.level is Level.DANGER
    assert verdict.evidence[0].basis is Basis.LISTED


@given(
    st.sampled_from(["https://www.google.com/url?q=", "https://www.bing.com/ck/a?u=a1", "https://urldefense.com/v3/__",
                     "https://urldefense.proofpoint.com/v2/url?u=", "https://a.translate.goog/", "https://example.org/?u="]),
    st.text(max_size=120),
)  # fmt: skip
@example("https://example.org/?u=", "http%253A%252F%252F[")
@example("https://www.bing.com/ck/a?u=a1", "é")
def test_no_url_is_too_odd(start: str, rest: str) -> None:
    try:
        subject = parse_url(start + rest)
    except InvalidInputError:
        return
    REDIRECTS.unwrap(subject)
    assert len(list(REDIRECTS.hops(subject))) <= 72


DEEP = reduce(lambda text, _: quote(text, safe=""), range(5), "https://remboursement-ameli.info/")


@pytest.mark.parametrize(
    "url",
    [
        "https://translate.goog/",
        "https://exemple.fr/?a=https%3A%2F%2F%5B&b=http",
        "https://exemple.fr/?a=" + DEEP,  # encoded too often
        "https://exemple.fr/?a=https:/remboursement-ameli.info/",  # browsers stay on the same site
    ],
)
def test_links_that_carry_no_address_that_can_be_read(url: str) -> None:
    assert list(REDIRECTS.hops(parse_url(url))) == []
