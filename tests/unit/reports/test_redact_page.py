"""Documents of pages: what was typed and what tells the session goes, the page's own words stay."""

import base64
import html
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.reports.redact import redact_html
from support.leaks import readings

PAGE = """<!doctype html><html><head><meta name="csrf-token" content="9f8e7d6c5b4a39281706">
<script>var config = {csrfToken: "9f8e7d6c5b4a39281706", lang: "fr"};</script>
<script src="/js/app.3f9a1c.js"></script></head>
<body><h1>Impôts : remboursement de 248,50 €</h1><form action="/valider?session=8Xk29fQz71mLpA" method=post>
<input type="hidden" name="_token" value="aZ9bY8cX7dW6"><input type="hidden" name="step" value="2">
<input name="nom" value="Dupont"><input type=password value='hunter2'><input name=carte value=4970101234567890>
<textarea name="adresse">12 rue des Lilas</textarea><input type="submit" value="Valider mon remboursement"></form>
<a href="https://evil.example/suite?email=jean.dupont%40free.fr&amp;lang=fr">Continuer</a>
<p>Votre adresse : jean.dupont@free.fr</p><img src="file:///home/jean/Images/carte.png">
<p>C:\\Users\\Jean Dupont\\Documents\\releve.pdf</p></body></html>"""


def test_typed_values_tokens_addresses_and_paths_go() -> None:
    found = redact_html(PAGE)
    for secret in (
        "9f8e7d",
        "8Xk29",
        "aZ9b",
        "Dupont",
        "hunter2",
        "4970",
        "Lilas",
        "jean.dupont",
        "jean/Images",
        "releve",
    ):
        assert secret not in found.value, secret
    for word in (
        "Impôts : remboursement de 248,50 €", 'name="step" value="2"', "Valider mon remboursement", "https://evil.example/suite?",
        "lang=fr", 'name="nom"', "Continuer", 'lang: "fr"', "/valider?session=REDACTED",
    ):  # fmt: skip
        assert word in found.value, word
    assert {change.kind for change in found.changes} >= {"typed", "token", "address", "path"}
    assert ("typed", "Dupont") in {(change.kind, change.before) for change in found.changes}


def test_a_page_without_secrets_stays_as_it_is() -> None:
    page = '<p class="a" title=\'x\'>Bonjour</p><a href="/suite">Suite</a><!-- x --><br/><input value="">'
    assert redact_html(page).value == page
    assert redact_html(page).changes == ()


SPELLED = [
    str, str.upper, str.title,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    lambda text: "".join(f"&#{ord(char)};" for char in text),
    lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    lambda text: html.escape(text).replace("@", "&commat;"),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(b"a=" + text.encode() + b"&b").decode().rstrip("="),
    lambda text: text.encode().hex(),
    lambda text: quote(quote(text, safe=""), safe=""),
]  # fmt: skip
PLACES = [
    "<p>{}</p>",
    '<a href="https://e.example/?z={}">x</a>',
    "<script>go('{}')</script>",
    "<!-- {} -->",
    '<i title="{}">',
    "{}",
]
SECRETS = st.one_of(
    st.from_regex(r"[a-z]{4,9}\.[a-z]{4,9}@[a-z]{4,9}\.fr", fullmatch=True),
    st.from_regex(r"[A-Z][a-zéèç]{5,9} [A-Z][a-zéèç]{5,9}", fullmatch=True),
    st.from_regex(r"[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}", fullmatch=True),
)


@given(SECRETS, st.lists(st.tuples(st.sampled_from(SPELLED), st.sampled_from(PLACES)), min_size=1, max_size=4))
@settings(deadline=None)
def test_known_secrets_never_leave(secret: str, planted: list) -> None:
    page = "<html>" + "\n".join(place.format(spell(secret)) for spell, place in planted) + "</html>"
    after = redact_html(page, [secret]).value
    assert not any(secret.lower() in reading for reading in readings(after)), after


@given(st.text(st.sampled_from("<>\"'=/ &#;aZ1@.-_\\%{}\n"), max_size=300), st.lists(st.text(max_size=20), max_size=4))
def test_any_markup_is_taken(markup: str, secrets: list[str]) -> None:
    redact_html(markup, secrets)


def test_pages_made_to_be_slow_are_not() -> None:
    for piece in ("<a ", "<a b=", "<a href='", "<textarea>", "&#", "a@", "%25", "eyJ", "A" * 50, "=\n", "C:\\Users\\"):
        redact_html(piece * (100_000 // len(piece)), ["jean.dupont@free.fr", "Jean Dupont"])
