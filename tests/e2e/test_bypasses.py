"""Ways round the warning page that browsers offer. Those a plain visit takes are in test_danger.py."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web

from support import pages
from support.browser import running, until
from support.paint import watching
from support.sites import FAKE, FAKE_COLOUR, GOOD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.daemon import Daemon
    from support.sites import Site

#: Of the stub host, for which an address is dangerous or not by its path: what changes without another host.
PLAIN = "/plain"
DANGER = "/danger"
SHOUT = f"<!doctype html><title>Impots.gouv.fr</title><body style='background:rgb{FAKE_COLOUR}'><h1 id=card>x</h1>"
COLOUR = "rgb({},{},{})".format(*FAKE_COLOUR)
#: What a browser shows as a page of its own making, where no script of ours may stand.
DOCUMENTS = {
    "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'>"
    f"<rect width='9999' height='9999' fill='{COLOUR}'/></svg>",
    "text/xml": "<a><body xmlns='http://www.w3.org/1999/xhtml' "
    f"style='background:{COLOUR};position:fixed;inset:0'>x</body></a>",
    "application/pdf": "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "text/plain": "impots.gouv.fr",
}
_paths = (f"/b{number}" for number in itertools.count())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def judged_by_path(factory: Callable[[str], Callable[..., Browser]], engine: str) -> AsyncIterator[Browser]:
    """A browser whose "daemon" is the stub host."""
    async with running(factory(engine)(None)) as browser:
        yield browser


async def standing(browser: Browser, url: str) -> Tab:
    """An ordinary page in a new tab."""
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_js(tab, "!!document.querySelector('#plain') && document.readyState === 'complete'")
    return tab


async def run(browser: Browser, tab: Tab, js: str) -> None:
    """Let a page do something that may take it away."""
    await browser.eval(tab, f"(setTimeout(() => {{ {js} }}), true)")


def serve(site: Site, host: str, answers: dict[str, web.Response]) -> None:
    """Answer some paths of a host of one's own."""

    async def answer(request: web.Request) -> web.StreamResponse:
        known = answers.get(request.path)
        if known is None:
            return web.Response(text="<h1 id=plain>x</h1>", content_type="text/html")
        return web.Response(body=known.body, status=known.status, headers=known.headers)

    site.servers[host] = answer


def html(text: str, **headers: str) -> web.Response:
    """A page with headers of its own."""
    return web.Response(text=text, content_type="text/html", headers=headers)


@pytest.mark.parametrize("status", [301, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "post"])
async def test_every_redirect_is_covered(browser: Browser, site: Site, status: int, method: str) -> None:
    target = f"http://{FAKE}{next(_paths)}"
    host = f"court-{status}.example"
    serve(site, host, {"/away": web.Response(status=status, headers={"Location": target})})
    tab = await standing(browser, f"http://{host}/")
    form = f"<form id=f method={method} action=/away><input name=a value=b></form>"
    await run(browser, tab, f"document.body.innerHTML = {json.dumps(form)}; document.querySelector('#f').submit()")
    await pages.covered(browser, tab)
    await browser.close_tab(tab)


@pytest.mark.parametrize("way", ["meta", "header", "replace"])
async def test_a_page_that_sends_on_by_itself_is_covered(browser: Browser, site: Site, way: str) -> None:
    target = f"http://{FAKE}{next(_paths)}"
    host = f"envoi-{way}.example"
    page = {
        "meta": html(f'<meta http-equiv="refresh" content="0;url={target}">'),
        "header": html("<p>x</p>", Refresh=f"0;url={target}"),
        "replace": html(f"<script>location.replace({json.dumps(target)})</script>"),
    }[way]
    serve(site, host, {"/": page})
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{host}/")
    await pages.covered(browser, tab)
    await browser.close_tab(tab)


async def test_an_opener_can_neither_write_into_the_warning_nor_paint_the_fake(browser: Browser, site: Site) -> None:
    target = f"http://{FAKE}{next(_paths)}"
    tab = await standing(browser, f"http://{GOOD}{next(_paths)}")
    before = await browser.tabs()
    await browser.eval(tab, f"(window.w = window.open({json.dumps(target)}), true)")
    fake = await browser.wait_new_tab(before)
    await pages.covered(browser, fake)
    await browser.front(tab)
    for write in (
        "w.document.body.innerHTML = '<h1 class=pwned>x</h1>'",
        "w.document.write('<h1 class=pwned>x</h1>')",
        "w.eval('document.body.className = `pwned`')",
        "w.location = 'javascript:document.body.className=`pwned`'",
        "w.postMessage({ type: 'proceed' }, '*')",
    ):
        await browser.eval(tab, f"(() => {{ try {{ {write} }} catch {{}} return true }})()")
    assert await browser.eval(fake, "document.querySelector('.pwned') === null && document.title !== ''")
    assert pages.WARNING.replace("\\", "") in await browser.url(fake)
    async with watching(browser, fake) as watch:
        for again in (target, target + "?again"):
            await run(browser, tab, f"w.location = {json.dumps(again)}")
            await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 400))")
            await pages.covered(browser, fake)
    assert not watch.saw()
    await browser.close_tab(fake)
    await browser.close_tab(tab)


async def test_no_page_can_show_the_warning_page_as_its_own(browser: Browser, site: Site) -> None:
    """Framed it would serve to make people click "continue" unseen; fetched it would tell who has Guetteur."""
    tab = await standing(browser, f"http://{GOOD}{next(_paths)}")
    address = json.dumps(f"{browser.origin}/pages/warning/warning.html")
    frame = f"""new Promise((done) => {{
      const one = document.createElement('iframe');
      const end = () => {{ let inner = null; try {{ inner = one.contentDocument?.body?.innerText ?? null }} catch {{}}
        done(inner); }};
      one.onload = end; one.onerror = end; setTimeout(end, 1000);
      one.src = {address}; document.body.append(one); }})"""
    assert not (await browser.eval(tab, frame) or "").strip()
    assert await browser.eval(tab, f"fetch({address}).then(() => true, () => false)") is False
    image = "new Promise((done) => { const one = new Image(); one.onload = () => done(true);"
    image += f"one.onerror = () => done(false); one.src = {json.dumps(browser.origin + '/icons/48.png')} }})"
    assert await browser.eval(tab, image) is False
    await run(browser, tab, f"location.href = {address}")
    await browser.extension("return new Promise((done) => setTimeout(() => done(true), 300))")
    assert await browser.url(tab) != json.loads(address)
    assert await browser.eval(tab, "document.querySelector('#warning') === null")
    await browser.close_tab(tab)


async def test_a_listed_host_is_not_asked_for_a_frame_either(browser: Browser, daemon: Daemon, site: Site) -> None:
    answer = await daemon.ask("/v1/lists/hosts", {"base": None, "cursor": 0})
    host = next(host for host in answer["hosts"] if host.endswith(".fr") and "_" not in host)
    known = f"return rules.some((rule) => rule.condition.requestDomains?.includes({json.dumps(host)}))"

    async def ruled() -> bool:
        return bool(await browser.extension(f"const rules = await api.declarativeNetRequest.getDynamicRules();{known}"))

    await until(ruled, f"{browser.name}: the list", 20, pause=0.2)
    path = next(_paths)
    frames = "".join(f"<iframe src='http://{name}{path}'></iframe>" for name in (host, f"www.{host}", GOOD))
    tab = await standing(browser, site.page(GOOD, f"{path}-frames", f"<h1 id=plain>x</h1>{frames}"))
    assert site.seen(GOOD, path), "other frames are"
    assert site.seen(host, path) + site.seen(f"www.{host}", path) == []
    await browser.close_tab(tab)


async def test_going_forward_is_covered(browser: Browser, site: Site) -> None:
    target = f"http://{FAKE}{next(_paths)}"
    tab = await standing(browser, site.links(GOOD, next(_paths), target))
    await browser.click(tab, "#same")
    await pages.covered(browser, tab)
    await run(browser, tab, "history.back()")
    await browser.wait_url(tab, f"{GOOD}|{pages.WARNING}")
    async with watching(browser, tab) as watch:
        with contextlib.suppress(Exception):  # the tab may be between two pages
            await run(browser, tab, "history.forward()")
        await browser.wait_url(tab, f"{GOOD}|{pages.WARNING}")
        await browser.extension("return new Promise((done) => setTimeout(() => done(true), 500))")
        assert FAKE not in await browser.url(tab)
    assert not watch.saw()
    await browser.close_tab(tab)


@pytest.mark.parametrize("way", ["same", "window"])
async def test_a_blob_of_a_fake_is_the_fakes(judged_by_path: Browser, site: Site, way: str) -> None:
    """A ``blob:`` page has the origin of the page that made it, and is judged as that."""
    tab = await standing(judged_by_path, site.page("piege.example", PLAIN, "<!doctype html><h1 id=plain>x</h1>"))
    blob = f"URL.createObjectURL(new Blob([{json.dumps(SHOUT)}], {{ type: 'text/html' }}))"
    before = await judged_by_path.tabs()
    await run(judged_by_path, tab, f"window.open({blob})" if way == "window" else f"location.href = {blob}")
    shown = await judged_by_path.wait_new_tab(before) if way == "window" else tab
    await pages.covered(judged_by_path, shown)
    for one in {shown, tab}:
        await judged_by_path.close_tab(one)


async def test_a_data_address_opens_no_page(browser: Browser, site: Site) -> None:
    """The browsers' own rule; should one give it up, this says so."""
    tab = await standing(browser, f"http://{GOOD}{next(_paths)}")
    address = json.dumps("data:text/html," + SHOUT.replace("#", "%23"))
    async with watching(browser, tab) as watch:
        await run(browser, tab, f"location.href = {address}")
        await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 300))")
        assert GOOD in await browser.url(tab)
    assert not watch.saw()
    await browser.close_tab(tab)


@pytest.mark.parametrize("way", ["write", "srcdoc"])
async def test_a_page_without_an_address_is_said_to_be_nothing(browser: Browser, site: Site, way: str) -> None:
    """What an official-looking opener writes into ``about:blank`` has no address to judge: no mark speaks for it."""
    tab = await standing(browser, f"http://{GOOD}{next(_paths)}")
    before = await browser.tabs()
    frame = "one.body.append(Object.assign(one.createElement('iframe'), { srcdoc: SHOUT }))"
    fill = {"write": "one.write(SHOUT)", "srcdoc": frame}[way].replace("SHOUT", json.dumps(SHOUT))
    await browser.eval(tab, f"(() => {{ const one = window.open('about:blank').document; {fill}; return true }})()")
    blank = await browser.wait_new_tab(before)
    await browser.wait_js(blank, "!!(frames[0]?.document ?? document).querySelector('#card')")
    badge = await browser.badge(blank)
    assert (badge.get("text", ""), badge["title"]) == ("", "Guetteur")
    await browser.close_tab(blank)
    await browser.close_tab(tab)


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_a_fake_that_is_no_html_is_covered(browser: Browser, site: Site, kind: str) -> None:
    host = f"{kind.partition('/')[2].partition('+')[0]}.{FAKE}"
    document = web.Response(body=DOCUMENTS[kind].encode(), headers={"Content-Type": kind})
    serve(site, host, {"/document": document})
    tab = await browser.new_tab()
    async with watching(browser, tab) as watch:
        await browser.go(tab, f"http://{host}/document")
        await pages.covered(browser, tab)
    assert not watch.saw()
    await browser.close_tab(tab)


async def test_a_fake_that_shows_a_pdf_is_covered(browser: Browser, site: Site) -> None:
    """The browser's own viewer fills the page of the fake."""
    host = f"avis.{FAKE}"
    file = web.Response(body=DOCUMENTS["application/pdf"].encode(), headers={"Content-Type": "application/pdf"})
    frames = "".join(
        f"<{name} {source}=/avis.pdf type=application/pdf style='position:fixed;inset:0'></{name}>"
        for name, source in (("embed", "src"), ("object", "data"), ("iframe", "src"))
    )
    serve(site, host, {"/": html(SHOUT + frames), "/avis.pdf": file})
    tab = await browser.new_tab()
    async with watching(browser, tab) as watch:
        await browser.go(tab, f"http://{host}/")
        await pages.covered(browser, tab)
    assert not watch.saw()
    await browser.close_tab(tab)


@pytest.mark.parametrize("way", ["header", "attribute"])
async def test_a_download_from_a_fake_is_covered(browser: Browser, site: Site, way: str) -> None:
    """A file is asked for like a page; the warning stands in the place of the page that led to it."""
    host = f"fichier-{way}.{FAKE}"
    how = {"Content-Disposition": "attachment; filename=avis.html"} if way == "header" else {}
    serve(site, host, {"/avis": web.Response(body=SHOUT.encode(), headers={"Content-Type": "text/html", **how})})
    tab = await standing(browser, f"http://{GOOD}{next(_paths)}")
    link = f"<a id=file href=http://{host}/avis {'download=avis.html' if way == 'attribute' else ''}>x</a>"
    await browser.eval(tab, f"(document.body.innerHTML = {json.dumps(link)}, true)")
    await browser.click(tab, "#file")
    await pages.covered(browser, tab)
    await browser.close_tab(tab)


@pytest.mark.parametrize("how", ["pushState", "replaceState", "intercept"])
async def test_a_change_within_one_document_is_covered(judged_by_path: Browser, site: Site, how: str) -> None:
    tab = await standing(judged_by_path, f"http://{GOOD}{PLAIN}")
    change = f"history.{how}(null, '', '{DANGER}')"
    if how == "intercept":
        change = f"navigation.onnavigate = (event) => event.intercept(); navigation.navigate('{DANGER}')"
    await run(judged_by_path, tab, change)
    await pages.covered(judged_by_path, tab)
    await judged_by_path.close_tab(tab)


async def test_a_jump_within_a_page_is_no_other_page(judged_by_path: Browser, site: Site) -> None:
    """What follows the ``#`` is the page's own: it makes no page dangerous, and opens no covered one."""
    tab = await standing(judged_by_path, f"http://{GOOD}{PLAIN}")
    await run(judged_by_path, tab, f"location.hash = '{DANGER}'")
    await judged_by_path.wait_url(tab, f"#{DANGER}$")
    await judged_by_path.eval(tab, "new Promise((done) => setTimeout(() => done(true), 400))")
    assert await judged_by_path.eval(tab, "!!document.querySelector('#plain')")
    await judged_by_path.go(tab, f"http://{GOOD}{DANGER}-jump#{PLAIN}")
    await pages.covered(judged_by_path, tab)
    await judged_by_path.close_tab(tab)


async def test_a_page_that_comes_out_of_a_service_worker_is_covered(judged_by_path: Browser, site: Site) -> None:
    """No server is asked, and in Chromium no listener of requests hears of it."""
    host = "hors-ligne.example"
    worker = f"""addEventListener('install', () => skipWaiting());
      addEventListener('activate', (event) => event.waitUntil(clients.claim()));
      addEventListener('fetch', (event) => {{ if (event.request.url.includes('{DANGER}'))
        event.respondWith(new Response({json.dumps(SHOUT)}, {{ headers: {{ 'Content-Type': 'text/html' }} }})) }});"""
    script = web.Response(body=worker.encode(), headers={"Content-Type": "text/javascript"})
    serve(site, host, {"/plain-worker.js": script})
    tab = await standing(judged_by_path, f"https://{host}{PLAIN}")
    await judged_by_path.eval(
        tab,
        "navigator.serviceWorker.register('/plain-worker.js').then(() => navigator.serviceWorker.ready)"
        ".then(() => navigator.serviceWorker.controller || new Promise((done) =>"
        "{ navigator.serviceWorker.oncontrollerchange = done })).then(() => true)",
    )
    # Seen by the page itself, the worker answers: else nothing would be shown by what follows.
    assert "card" in await judged_by_path.eval(tab, f"fetch('{DANGER}').then((answer) => answer.text())")
    async with watching(judged_by_path, tab) as watch:
        await run(judged_by_path, tab, f"location.href = '{DANGER}'")
        await pages.covered(judged_by_path, tab)
    assert not watch.saw()
    assert site.seen(host, DANGER) == []
    await judged_by_path.close_tab(tab)


async def test_a_page_that_was_drawn_beforehand_is_covered(judged_by_path: Browser, site: Site) -> None:
    if judged_by_path.name != "chromium":
        pytest.skip("Firefox has no speculation rules")
    path = f"{DANGER}-beforehand"
    site.page(GOOD, path, SHOUT)
    tab = await standing(judged_by_path, f"http://{GOOD}{PLAIN}")
    rules = json.dumps({"prerender": [{"source": "list", "urls": [path], "eagerness": "immediate"}]})
    await judged_by_path.eval(
        tab,
        f"(() => {{ const one = document.createElement('script'); one.type = 'speculationrules';"
        f"one.textContent = {json.dumps(rules)}; document.head.append(one); return true }})()",
    )
    await judged_by_path.extension("return new Promise((done) => setTimeout(() => done(true), 800))")
    assert GOOD in await judged_by_path.url(tab), "nobody looks at it yet: the page that is shown stays"
    async with watching(judged_by_path, tab) as watch:
        await run(judged_by_path, tab, f"location.href = '{path}'")
        await pages.covered(judged_by_path, tab)
    assert not watch.saw()
    await judged_by_path.close_tab(tab)
