"""English of registering and connecting a system."""

from __future__ import annotations

CONNECTING: dict[str, str] = {
    "register.typed": "Fill in the form here",
    "register.typed.about": "Operations connect the system by it; then you confirm. Everything is "
    "needed that is not marked as optional.",
    "register.types": "Licences it gives",
    "register.gives": "Tick the licences that this system gives; none, if it has none",
    "register.find": "Find a licence by name",
    "register.optional": "optional",
    "register.choose": "Choose",
    "register.send": "Send the form",
    "register.excel": "Use the Excel form",
    "register.again": "Change the form",
    "register.next": "Operations connect the system next; then you are asked to confirm it.",
}
