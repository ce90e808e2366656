"""The way from a page to its kernel: only well-formed messages of the protocol that pages speak.

A message names the places of its parts. A page that lies about them, or speaks the older protocol,
makes a server reserve memory without limit (seen with Voila 0.5.13 and Jupyter Server 2: a viewer
with ten lines of code takes a machine down). Here such a message never reaches the parser.
"""

from __future__ import annotations

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado import web

PROTOCOL = "v1.kernel.websocket.jupyter.org"
MOST_PARTS = 64  # channel, header, parent, metadata, content, and buffers


class PageConnection(ZMQChannelsWebsocketConnection):
    """A websocket between a page and its kernel that refuses what no page sends."""

    async def prepare(self) -> None:
        """Refuse a client that does not offer the protocol of today's pages (HTTP status 400)."""
        offered = self.websocket_handler.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in [name.strip() for name in offered.split(",")]:
            raise web.HTTPError(400, f"Connect with the websocket protocol {PROTOCOL}.")
        return await super().prepare()

    def handle_incoming_message(self, incoming_msg: bytes | str) -> None:
        """Pass a message on, or close the connection when it is malformed."""
        if not well_formed(incoming_msg):
            self.log.warning("A malformed message was refused, and its connection closed.")
            self.websocket_handler.close(1003, "malformed message")
            return
        super().handle_incoming_message(incoming_msg)


def well_formed(message: bytes | str) -> bool:
    """Return whether a message is binary and has its parts in order, where it says they are."""
    if not isinstance(message, bytes) or len(message) < 8:
        return False
    count = int.from_bytes(message[:8], "little")
    if not 6 <= count <= MOST_PARTS or len(message) < 8 * (count + 1):
        return False
    places = [int.from_bytes(message[8 * n : 8 * (n + 1)], "little") for n in range(1, count + 1)]
    return places == sorted(places) and places[0] >= 8 * (count + 1) and places[-1] <= len(message)
