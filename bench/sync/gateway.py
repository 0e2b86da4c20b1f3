"""An HTTP gateway with numbered pages of JSON: `/rows?pageNo=1&pageSize=1000&since=…`."""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bench.sync.rows import BLOCK, block


def load(kind: str, rows: int) -> tuple[list[bytes], list[str]]:
    """Every row as JSON, and the rows' times, which rise."""
    texts: list[bytes] = []
    times: list[str] = []
    for first in range(0, rows, BLOCK):
        made = block(kind, first, min(BLOCK, rows - first))
        times += [str(at) for at in made.column("update_time").to_pylist()]
        texts += [json.dumps(row, ensure_ascii=False).encode() for row in made.to_pylist()]
    return texts, times


class Pages(BaseHTTPRequestHandler):
    """Answers from `texts` and `times`, set on the class before it serves."""

    protocol_version = "HTTP/1.1"
    texts: list[bytes]
    times: list[str]

    def do_GET(self) -> None:
        """One page."""
        query = {name: said[0] for name, said in parse_qs(urlsplit(self.path).query).items()}
        first = bisect_left(self.times, query.get("since", ""))
        size = int(query.get("pageSize", "1000"))
        at = first + (int(query.get("pageNo", "1")) - 1) * size
        head = f'{{"code":200,"data":{{"total":{len(self.texts) - first},"rows":['.encode()
        body = head + b",".join(self.texts[at : at + size]) + b"]}}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Nothing: the bench reads our output."""


if __name__ == "__main__":
    Pages.texts, Pages.times = load(sys.argv[1], int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Pages)
    print(json.dumps({"ready": len(Pages.texts)}), flush=True)
    server.serve_forever()
