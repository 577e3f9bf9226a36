"""A host published a moment ago is blocked in a browser that is already open, by the daemon and by its own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer

from guetteur.publish.sync_blocklists import PUBLISHED
from support import pages
from support.browser import running, until
from support.daemon import Daemon
from support.maintainer import PASSPHRASE, Maintainer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.browser import Browser
    from support.sites import Site

NEW = "tout-nouveau-piege.com"


async def test_a_newly_published_host_is_covered_without_a_restart(
    prepare: Callable[..., Browser], site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    maintainer = Maintainer(tmp_path)
    async with TestServer(maintainer.app(), host="127.0.0.1") as server:
        mirror = str(server.make_url("/mirror/"))
        maintainer.feeds = {"one": "".join(f"old-{n}.com\n" for n in range(200)), "two": "http://other.com/x\n"}
        assert (await maintainer.publish(mirror))[0] == PUBLISHED
        source = {
            "GUETTEUR_LISTS_URL": str(server.make_url("/published/")),
            "GUETTEUR_LISTS_ROOT": str(maintainer.root),
        }
        daemon = Daemon(source)
        await daemon.start()
        try:
            assert (await daemon.ask("/v1/lists/sync", {}))["outcome"] == "updated"
            async with running(prepare(daemon)) as browser:
                tab = await browser.new_tab()
                await browser.go(tab, f"http://{NEW}/before")
                await browser.wait_url(tab, NEW)
                assert site.seen(NEW, "/before")

                maintainer.feeds["one"] += f"{NEW}\n"
                assert (await maintainer.publish(mirror))[0] == PUBLISHED
                assert (await daemon.ask("/v1/lists/sync", {}))["outcome"] == "updated"

                # Any page brings the news; the open one is covered then, and a new visit too.
                other = await browser.new_tab()
                await browser.go(other, "http://jardin-de-mamie.example/")
                await pages.covered(browser, tab)
                await browser.go(other, f"http://{NEW}/after")
                await pages.covered(browser, other)

                async def blocked_by_rule() -> bool:
                    await browser.go(other, "http://jardin-de-mamie.example/again")
                    before = len(site.seen(NEW, "/by-rule"))
                    await daemon.stop()
                    await browser.go(other, f"http://{NEW}/by-rule")
                    await pages.covered(browser, other)
                    return len(site.seen(NEW, "/by-rule")) == before

                assert await until(blocked_by_rule, "the browser's own rule", 20)
        finally:
            await daemon.close()
