"""Draws icons/*.png from icons/logo.svg with a local Chromium. Run by hand when the drawing changes.

    python tools/icons.py /usr/bin/chromium        (needs the playwright package)
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "icons"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    for size in (16, 32, 48, 128):
        page = browser.new_page(viewport={"width": size, "height": size})
        page.goto((ICONS / "logo.svg").as_uri())
        page.screenshot(path=ICONS / f"{size}.png", omit_background=True)
    browser.close()
