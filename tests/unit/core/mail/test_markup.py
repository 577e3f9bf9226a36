"""Pages in mails: what is drawn, where its links and forms lead, as browsers read broken markup."""

import time

import pytest

from guetteur.core.mail.elements import MAX_OPEN
from guetteur.core.mail.html import Raw, Rest, Tag, tokens
from guetteur.core.mail.limits import MAX_TAGS
from guetteur.core.mail.shown import Shown
from guetteur.core.mail.style import effect_of, hidden_by_sheet


@pytest.mark.parametrize(
    "markup",
    [
        "<!-->{}",
        "<!--->{}",
        "<!doctype html>{}",
        "<?xml version='1.0'?>{}",
        "</ no tag>{}",
        "<style>.z{{color:red}}</style><i class=z>{}</i>",
        "<style>.z{{display:none</style><i class=z>{}</i>",
        "<style>a .z{{display:none}}</style><i class=z>{}</i>",
        "<textarea>{}</textarea>",
        "<td background=x.png><font color=white>{}</font></td>",
        "<i style='color:rgba(255,255,255,0)'>{}</i>",
        "<font color=chartreuse>{}</font>",
        "<i style='color:inherit'>{}</i>",
        "<i style='color:transparent'>{}</i>",
        "<td style='background:chartreuse'><font color=white>{}</font></td>",
        "<i style='opacity:50%'>{}</i>",
        "<i style='font-size:0.9em'>{}</i>",
        "<i style='font-size:2%'>{}</i>",
        "<i style='font:12px serif'>{}</i>",
        "<i style='font-size:0'><b style='font-size:9px'>{}</b></i>",
        "<i style='max-width:600px;overflow:hidden'>{}</i>",
        "<i style='opacity:0.5'>{}</i>",
        "<i style='width:50%;overflow:hidden'>{}</i>",
        "<i style='top:-9px'>{}</i>",
        "<table><tr><td style='display:none'>.</table>{}",
        "<div style='display:none'>.</span></div>{}",
        "<div><i style='display:none'>.</i></div>{}",
    ],
)
def test_words_that_readers_see(markup: str) -> None:
    page = Shown(markup.format("visible"))
    assert (page.text.strip("\n. "), page.hidden) == ("visible", 0)


@pytest.mark.parametrize(
    "markup",
    [
        "<!doctype {}",
        "<!-- {}",
        "<a href='{}",
        "<style>.z{{display:none}} {}",
        "<STYLE {}",
        "<style>#z,.y{{display:none}}</style><i id=z>{}</i>",
        "<STYLE>.z{{font-size:0}}</STYLE><i class=z>{}</i>",
        "<style>.a{{color:red}}</style><style>.z{{visibility:hidden}}</style><i class=z>{}</i>",
        "<i style='width:1px;overflow:hidden'>{}</i>",
        "<i style='max-width:0;overflow:hidden'>{}</i>",
        "<i style='font:0 serif'>{}</i>",
        "<i style='font-size:0.04em'>{}</i>",
        "<i style='font-size:1%'>{}</i>",
        "<i style='font-size:0'><b style='font-size:150%'>{}</b></i>",
        "<i style='position:absolute;left:-9999px'>{}</i>",
        "<font color=#fff>{}</font>",
        "<i style='opacity:4%'>{}</i>",
        "<i style='position:absolute;top:-9999px'>{}</i>",
        "<i style='margin-left:-9999px'>{}</i>",
        "<i style='text-indent:-9999px'>{}</i>",
        "<i style='color:#fdfdfd'>{}</i>",
        "<div style='display:none'><table><tr><td></div>{}</table></div>",
    ],
)
def test_words_that_no_reader_sees(markup: str) -> None:
    assert Shown(markup.format("unseen")).text == ""


def test_elements_that_lie_too_deep_end_nothing() -> None:
    deep = "<div style='display:none'>" + "<i>" * 250 + "</div>unseen"
    assert Shown(deep).text == ""  # as far back as is searched; what was hidden stays so
    assert Shown("<b>" * (2 * MAX_OPEN) + "seen").text == "seen"


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("<area alt=x><a>y</a>", []),
        ("<form><input name=q></form>", []),
        ("<form action=''>", []),
        ("<input type=submit formaction='https://a.example/' value=Go>", [("https://a.example/", "Go")]),
        ("<button formaction='https://a.example/'>Go</button>", [("https://a.example/", "")]),
        ("<meta charset=utf-8><meta http-equiv=refresh content=5>", []),
        ("<a href=x><img src=y></a>", [("x", "")]),
        ("<a href=x><img title=Compte></a>", [("x", " Compte ")]),
        ("<script>window.open(`https://a.example/`)</script>", [("https://a.example/", "")]),
    ],
)
def test_where_a_page_leads(markup: str, links: list[tuple[str, str]]) -> None:
    page = Shown(markup)
    assert (page.links, page.refreshes) == (links, False)


def test_buttons_show_their_value_and_pages_what_they_ask() -> None:
    page = Shown("<form><input type=submit value='Je confirme'><input type=PASSWORD></form><input type=text value=no>")
    assert (page.text, page.has_form, page.asks_password) == ("Je confirme", True, True)
    assert not Shown("<input type=text>").asks_password


def test_the_first_base_that_gives_an_address_counts() -> None:
    assert Shown("<base target=_blank><base href='https://a.example/'><base href='https://b.example/'>").base == (
        "https://a.example/"
    )


def test_pictures_written_into_the_page_are_kept_and_others_are_not() -> None:
    page = Shown("<img src=' data:image/png;base64,AA'><img src=https://a.example/p.png><img>")
    assert page.pictures == ["data:image/png;base64,AA"]


def test_tokens_after_the_limit_are_not_read() -> None:
    assert list(tokens("a<b>c<i>d", 1)) == ["a", Tag("b", False, ""), Rest("c<i>d")]
    assert list(tokens("<script>a<b></script >c")) == [
        Tag("script", False, ""),
        Raw("script", "a<b>"),
        Tag("script", True, " "),
        "c",
    ]
    assert list(tokens("<title>no end")) == [Tag("title", False, ""), Raw("title", "no end")]


@pytest.mark.parametrize("unseen", ["<!>", "<!-->", "</>", "<?x?>", "<!-- a - b -- c -->", "<!doctype x>", "</ a>"])
def test_what_nobody_sees_uses_up_no_limit(unseen: str) -> None:
    page = Shown(f"<p>a</p>{unseen * (MAX_TAGS + 1)}<a href='https://b.example/'>b</a>")
    assert (page.text, page.links, page.cut) == ("a\nb", [("https://b.example/", "b")], False)


def test_a_page_with_too_many_tags_is_cut() -> None:
    for tag in ("<i>", "<!>x"):
        page = Shown(tag * (MAX_TAGS + 1) + "<a href='https://b.example/'>b</a>")
        assert (page.links, page.cut) == ([], True)


def test_a_sheet_for_some_screens_hides_nothing_for_sure() -> None:
    sheet = (
        "@media print{.a{display:none}} /* .b{display:none} */ .c{color:red} .d,.e f,#g{display:none} } .h{opacity:0}"
    )
    assert hidden_by_sheet(sheet) == {".d", "#g", ".h"}
    assert hidden_by_sheet(".a{opacity:0} /* .b{opacity:0}") == {".a"}


def test_a_comment_without_end_ends_its_own_sheet_alone() -> None:
    page = Shown("<style>/* .y{opacity:0}</style><style>.z{opacity:0}</style><i class=y>ab</i><i class=z>cd</i>")
    assert (page.text, page.hidden) == ("ab", 2)
    assert Shown("<i style='display:/* */none'>ab</i>").hidden == 2
    assert Shown("<i style='/*display:none'>ab</i>").hidden == 0


def test_comments_in_styles_are_left_out_in_linear_time() -> None:
    begin = time.process_time()
    Shown(f"<p style='{'/* ' * 100_000}'>a</p><style>{'/* ' * 100_000}</style>")
    assert time.process_time() - begin < 5  # squared: minutes


@pytest.mark.parametrize(
    ("attributes", "gone"),
    [
        ("class='a z'", True),
        ("id=y", True),
        ("class=b id=c", False),
        ("class=z style='display:block'", False),
        ("", False),
    ],
)
def test_what_a_sheet_hides(attributes: str, gone: bool) -> None:
    assert effect_of(attributes, frozenset((".z", "#y"))).gone is gone


def test_a_space_between_hidden_elements_is_no_hidden_word() -> None:
    assert Shown("<div style='display:none'><b>ab</b> <b>c</b>\n</div>d").hidden == 3


def test_comments_and_declarations_end_where_browsers_end_them() -> None:
    for markup in ("a<!-->b", "a<!-- x > --><!--->b", "a<!-- x --!>b", "a<!x>b", "a</ x>b", "a<!-- x --><!-- y -->b"):
        assert Shown(markup).text == "ab", markup
