"""Pictures of every page, at desk and phone size: `python -m tests.portal.screens OUTDIR`.

Without `--url` the pages show the fake platform's data. With `--url http://127.0.0.1:8600` they
are those of a running demo; `--case NUMBER` names the case whose plan to show.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fpdf import FPDF

from pipeline.card_reader import CardReader
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FIRM, PASSWORD, FakePlatform
from tests.portal.fake_wallets import CODE
from tests.portal.serving import serving

#: No account: an applicant, whom the city's app brings.
HOLDER = "holder"
SIZES = {"desk": DESK, "phone": PHONE}


def sample_pdf() -> bytes:
    """A page to preview."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=28)
    pdf.cell(text="Annotated copy")
    return bytes(pdf.output())


def pages(case: str, system: str, refused: str) -> dict[str, list[tuple[str, str]]]:
    """Account → (name of the picture, path)."""
    return {
        "": [
            ("login", "/login"),
            ("ticket-refused", "/in?ticket=none"),
            ("my-refused", "/my"),
            ("verify", "/verify"),
            ("verify-good", "/verify/c-01"),
            ("verify-expired", "/verify/old"),
            ("wallet", f"/wallet/{CODE}"),
            ("api", "/api"),
            ("not-found", "/nowhere"),
        ],
        HOLDER: [
            ("my", "/my"),
            ("my-needs", "/my/needs"),
            ("my-question", "/my/needs/B01"),
            ("my-looks", "/my/looks"),
            ("my-consents", "/my/consents"),
            ("my-codes", "/my/code"),
            ("my-licences", "/my/licences"),
        ],
        "clerk": [
            ("clerk", "/clerk"),
            ("plan", f"/clerk/cases/{case}"),
            ("applicant", f"/clerk/cases/{case}?show=applicant"),
            ("receipt", f"/clerk/cases/{case}?show=receipt"),
            ("later", "/clerk/cases/later?show=later"),
            ("later-none", f"/clerk/cases/{case}?show=later"),
            ("refused-case", "/clerk/cases/closed"),
            ("form", f"/clerk/cases/{case}/form"),
            ("people", f"/clerk/cases/{case}/people"),
            ("posts", f"/clerk/cases/{case}/posts"),
            ("outside", f"/clerk/cases/{case}/outside"),
            ("together", f"/clerk/together?case={case}&case=C2"),
            ("together-few", "/clerk/together"),
            ("wrong-role", "/ops"),
        ],
        "window": [("plan-receive", f"/clerk/cases/{case}")],
        "officer": [
            ("register", "/dept/register"),
            ("register-again", "/dept/register?code=sc_food"),
            ("confirm", "/dept/systems/sc_food/confirm"),
            ("dept", "/dept"),
            ("refused", f"/dept/systems/{refused}"),
            ("corrections", "/dept/corrections"),
            ("dept-looks", "/dept/looks"),
            ("letter", "/dept/letter"),
            ("forms-officer", "/catalog/forms"),
            ("uses", "/catalog/uses"),
            ("use-type", "/catalog/uses/%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7"),
        ],
        "ops": [
            ("connect", "/connect"),
            ("connect-system", "/connect/sc_archive"),
            ("connect-source", "/connect/sc_archive/source"),
            ("connect-tables", "/connect/sc_archive/tables"),
            ("connect-tables-none", "/connect/sc_new1/tables"),
            ("connect-mapping", "/connect/sc_archive/mapping"),
            ("connect-stream", "/connect/sc_archive/streams/licence"),
            ("connect-check", "/connect/sc_archive/check"),
            ("connect-check-tried", "/connect/sc_special/check"),
            ("connect-draft", "/connect/sc_archive/drafts/2"),
            ("connect-versions", "/connect/sc_archive/versions"),
            ("ops", "/ops"),
            ("system", f"/ops/systems/{system}"),
            ("system-failing", f"/ops/systems/{refused}"),
            ("coming", "/ops/systems/sc_archive"),
            ("alarms", "/ops/alarms"),
            ("report", "/ops/report"),
            ("letter", f"/ops/systems/{refused}/letter"),
        ],
        "bureau": [
            ("bureau", "/bureau"),
            ("bureau-wrong-days", "/bureau?begin=2026-12-01&end=2026-11-01"),
            ("bureau-rows", "/bureau/rows?outcome=saved"),
            ("bureau-coverage", "/bureau/coverage"),
            ("bureau-reasons", "/bureau/reasons"),
            ("bureau-complaints", "/bureau/complaints"),
            ("bureau-answered", "/bureau/complaints?state=answered"),
            ("bureau-overview", "/bureau/overview"),
            ("bureau-screen", "/bureau/screen"),
            ("bureau-letter", "/bureau/letter"),
            ("callers", "/rights/callers"),
            ("receivers", "/rights/receivers"),
            ("receiver", "/rights/receivers/1"),
            ("roster", "/rights/roster"),
            ("orders", "/rights/orders"),
            ("look-alarms", "/rights/alarms"),
            ("forms", "/catalog/forms"),
            ("uses-bureau", "/catalog/uses"),
            ("waivers", "/catalog/waivers"),
            ("waiver", "/catalog/waivers/x"),
            ("ask", "/catalog/ask"),
            ("ask-unused", "/catalog/ask/unused"),
        ],
        "sysadmin": [("accounts", "/admin/accounts"), ("password", "/account/password")],
        "secadmin": [("accounts-roles", "/admin/accounts")],
        "auditor": [("signins", "/admin/signins")],
    }


def sign_in(browser: Browser, url: str, name: str) -> None:
    """Sign in by the form; an applicant comes by a ticket."""
    if name == HOLDER:
        browser.open(f"{url}/my/in?ticket=proved")
        browser.until("location.pathname === '/my' && document.readyState === 'complete'")
        return
    browser.open(f"{url}/login")
    browser.run(f"document.getElementById('name').value = {json.dumps(name)}")
    browser.run(f"document.getElementById('password').value = {json.dumps(PASSWORD)}")
    browser.submit("document.querySelector('button.wide').click()")


def walk(browser: Browser, url: str, folder: Path, args: argparse.Namespace) -> None:
    """Every page in both sizes."""
    for name, shown in pages(args.case, args.system, args.refused).items():
        browser.call("Network.clearBrowserCookies")
        if name:
            sign_in(browser, url, name)
        for label, path in shown:
            for size, pixels in SIZES.items():
                browser.resize(pixels)
                browser.open(url + path)
                browser.picture(folder / f"{label}-{size}.png", whole=not args.window)
        if name == HOLDER:
            applicant_on_the_way(browser, url, folder)
        if name == "clerk":
            clerk_at_work(browser, url, folder, args.case)
        if name == "secadmin":
            role_given(browser, url, folder)


def applicant_on_the_way(browser: Browser, url: str, folder: Path) -> None:
    """What only shows after a form: items found, the list, a code."""
    for size, pixels in SIZES.items():
        browser.resize(pixels)
        browser.open(f"{url}/my/needs")
        browser.run("document.getElementById('words').value = '食品'")
        browser.submit("document.querySelector('button.main').click()")
        browser.picture(folder / f"my-found-{size}.png")
        browser.open(f"{url}/my/needs/B01")
        browser.submit("document.querySelector('.answers button').click()")
        browser.picture(folder / f"my-list-{size}.png")
        browser.open(f"{url}/my/code")
        browser.submit("document.querySelector('button[value=give]').click()")
        browser.picture(folder / f"my-code-{size}.png")


def role_given(browser: Browser, url: str, folder: Path) -> None:
    """The form behind an account's row."""
    for size, pixels in SIZES.items():
        browser.resize(pixels)
        browser.open(f"{url}/admin/accounts")
        browser.run("document.querySelectorAll('details')[1].open = true")
        browser.picture(folder / f"accounts-grant-{size}.png")


def clerk_at_work(browser: Browser, url: str, folder: Path, case: str) -> None:
    """What only shows after typing: suggestions, a form with mistakes, a copy's preview."""
    for size, pixels in SIZES.items():
        browser.resize(pixels)
        browser.open(f"{url}/clerk")
        browser.run("document.getElementById('item_text').focus()")
        browser.type("食品")
        browser.until("document.querySelectorAll('#item-list li').length > 1")
        browser.picture(folder / f"clerk-suggest-{size}.png", whole=False)
        browser.press("Enter")
        browser.type(FIRM[:-1] + "1")
        browser.submit("document.querySelector('[data-open]').requestSubmit()")
        browser.picture(folder / f"clerk-mistakes-{size}.png")
        browser.open(f"{url}/clerk/cases/{case}")
        browser.run("document.querySelectorAll('[data-fetch] .fetch').forEach((b) => b.click())")
        browser.until("document.getElementById('preview').open")
        browser.until("!document.querySelector('.fetch[aria-disabled]')")
        browser.run("new Promise((done) => setTimeout(done, 1200))")
        browser.picture(folder / f"preview-{size}.png", whole=False)
        browser.press("Escape")
        browser.picture(folder / f"plan-fetched-{size}.png")


@contextmanager
def address(url: str) -> Iterator[str]:
    """The given address, or a portal over the fake."""
    if url:
        yield url.rstrip("/")
        return
    platform = FakePlatform(pdf=sample_pdf())
    platform.reader = CardReader("http://127.0.0.1:9", "a token of nobody's")
    with serving(platform) as own:
        yield own


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--case", default="3607002611201000")
    parser.add_argument("--system", default="xzsp_construction")
    parser.add_argument("--refused", default="sc_food")
    parser.add_argument("--window", action="store_true", help="the window only, not the whole page")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with address(args.url) as url, Browser() as browser:
        walk(browser, url, args.folder, args)
        for text in browser.complaints():
            print(text)


if __name__ == "__main__":
    main()
