"""Prints the one-page build of the book to `_build/asyt.pdf` in headless Chromium (`make pdf`)."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BUILD = Path(__file__).resolve().parent / "_build"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Wait until every formula is set, then print."""
    browser_path = next((p for p in map(shutil.which, BROWSERS) if p), None)
    if browser_path is None:
        print(
            f"error: no browser to print with: install one of {', '.join(BROWSERS)}",
            file=sys.stderr,
        )
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto((BUILD / "singlehtml" / "index.html").as_uri(), wait_until="networkidle")
        page.wait_for_function("!window.MathJax || window.MathJax.startup.promise.then(() => true)")
        page.pdf(
            path=BUILD / "asyt.pdf",
            format="A4",
            margin=dict.fromkeys(("top", "bottom"), "15mm"),
        )
        browser.close()
    print("The book as PDF: book/_build/asyt.pdf")
    return 0


if __name__ == "__main__":
    sys.exit(main())
