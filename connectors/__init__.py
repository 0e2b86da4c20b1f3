"""How a system is read: one file a transport, all behind `open_connector`.

A client gives rows as received (`kernel.batch.Batch`); what they mean is the landing's part. A
batch's cursor is JSON text private to the transport. Every error is one sentence that names the
system and what to do, and holds no secret, no query and no personal data.
"""

from __future__ import annotations

from connectors.opening import open_connector
from connectors.protocol import Connector, Question

__all__ = ["Connector", "Question", "open_connector"]
