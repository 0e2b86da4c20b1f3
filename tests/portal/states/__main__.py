"""Write docs/states.md."""

from __future__ import annotations

from tests.portal.states import DOCUMENT, document

DOCUMENT.write_text(document(), "utf-8")
