"""A person's hand and eye on a page: clicks what is to be read there, fills fields by their labels.

A click is a real one, at the middle of what is clicked: what is hidden, covered or off the page is
not clicked but fails, and so does a label that is not there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.portal.browser import Browser

#: The words of an element as a person who sees them reads them.
EYE = """
const seen = (one) => one.checkVisibility() && one.getClientRects().length > 0;
const words = (one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll('.unseen, .hint, .tag, small').forEach((part) => part.remove());
  return copy.textContent.replace(/\\s+/g, ' ').trim();
};
const all = (root, tags) => [...document.querySelector(root).querySelectorAll(tags)];
const within = (root, tags) => all(root, tags).filter(seen);
"""
#: A door of a page's list is called by its first line.
NAMED = """within(%s, 'a, button, summary, label').find(
  (one) => [one, ...one.querySelectorAll('b')].some((part) => words(part) === %s))"""
PLACE = """(() => { %s
  const one = %s;
  if (!one) return null;
  one.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = one.getClientRects()[0];
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const top = document.elementFromPoint(at.x, at.y);
  return one.contains(top) || (one.control && one.control === top) ? at : 'covered';
})()"""
NEAR = """(() => { %s
  const one = within(%s, 'h1, h2, h3, b, code, summary').find((one) => words(one) === %s);
  const part = one && one.closest(%s);
  if (!part) return '';
  part.id = part.id || `near-${document.querySelectorAll('[id]').length}`;
  return `#${CSS.escape(part.id)}`;
})()"""
FIELD = """(() => { %s
  const named = within(%s, 'label').find((one) => words(one) === %s);
  const other = within(%s, 'input, select, textarea');
  const said = (one) => (one.getAttribute('aria-label') || '').startsWith(%s);
  window.held = named ? named.control : other.find(said);
  return !!window.held;
})()"""
CHOOSE = """(() => {
  const option = [...held.options].find((one) => one.text.trim() === %s);
  if (!option) return false;
  held.value = option.value;
  held.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
})()"""
PUT = """(() => {
  held.value = %s;
  held.dispatchEvent(new Event('input', { bubbles: true }));
  held.dispatchEvent(new Event('change', { bubbles: true }));
})()"""


class Hand:
    """Of one person at one page. `within`: the part of the page where it looks, as CSS says it."""

    def __init__(self, browser: Browser, within: str = "body") -> None:
        self.browser = browser
        self.within = within

    def at(self, within: str) -> Hand:
        """The same hand, at a part of the page."""
        return Hand(self.browser, within)

    def near(self, heading: str, part: str) -> Hand:
        """The same hand, at the part (as CSS says it) that this heading stands in."""
        said = (json.dumps(one) for one in (self.within, heading, part))
        found = self.browser.run(NEAR % (EYE, *said))
        assert found, f"no heading says {heading}: {self.read()}"
        return Hand(self.browser, found)

    def click(self, words: str) -> None:
        """Click the link, button, label or heading that says exactly this."""
        self._press(NAMED % (json.dumps(self.within), json.dumps(words)), words)

    def tick(self, selector: str) -> None:
        """Click what has no words of its own to be read, as CSS says it."""
        self._press(f"within({json.dumps(self.within)}, {json.dumps(selector)})[0]", selector)

    def _press(self, what: str, name: str) -> None:
        at = self.browser.run(PLACE % (EYE, what))
        assert at is not None, f"nothing to click is called {name}: {self.read()}"
        assert at != "covered", f"{name} is covered by something else"
        for kind in ("mousePressed", "mouseReleased"):
            press = {"type": kind, "button": "left", "clickCount": 1}
            self.browser.call("Input.dispatchMouseEvent", **press, **at)

    def go(self, words: str) -> None:
        """Click what leads to another page, and wait until that is loaded."""
        self.browser.run("window.leaving = true")
        self.click(words)
        self.browser.until("!window.leaving && document.readyState === 'complete'")

    def type(self, label: str, text: str) -> None:
        """Type into the field of that label, in place of what is there."""
        self._hold(label)
        self.browser.run("held.focus(); held.value = ''")
        self.browser.type(text)

    def day(self, label: str, day: str) -> None:
        """Choose a day, as YYYY-MM-DD, in the field of that label."""
        self._hold(label)
        self.browser.run(PUT % json.dumps(day))
        assert self.browser.run("held.value") == day, label

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of that label."""
        self._hold(label)
        assert self.browser.run(CHOOSE % json.dumps(option)), f"{label} does not offer {option}"

    def file(self, label: str, path: Path) -> None:
        """Choose a file for the field of that label."""
        self._hold(label)
        found = self.browser.call("Runtime.evaluate", expression="held")["result"]["objectId"]
        self.browser.call("DOM.setFileInputFiles", objectId=found, files=[str(path)])

    def read(self) -> str:
        """What stands there to read."""
        return self.browser.words(self.within)

    def here(self) -> str:
        """The page's path."""
        return str(self.browser.run("location.pathname"))

    def _hold(self, label: str) -> None:
        root, said = json.dumps(self.within), json.dumps(label)
        there: Any = self.browser.run(FIELD % (EYE, root, said, root, said))
        assert there, f"no field is called {label}: {self.read()}"
