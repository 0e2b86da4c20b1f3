"""Licences: identify, seal, store; the right to look; waivers; annotated copies."""
