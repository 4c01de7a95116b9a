"""What is true of every request, whatever route it is for: a body of at most 256 KB that arrives in time, headers that
keep a browser from doing anything with an answer but show it, and a problem document where the program itself failed.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

MAX_BODY = 256 * 1024
BODY_SECONDS = 30.0
DISCARD_SECONDS = 2.0
DISCARD_BYTES = 16 * MAX_BODY
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
log = logging.getLogger("kg.api")


class TooLarge(Exception):  # ends in a response, is no error of the program
    """The body is longer than `MAX_BODY`."""


class Guard:
    """ASGI middleware around all routes."""

    def __init__(self, app: ASGIApp, more: Callable[[], Mapping[str, str]] = dict) -> None:
        """`more`: further headers, asked for when an answer begins."""
        self.app, self.more = app, more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, **self.more()}.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            body = await read_body(scope, receive)
            await self.app(scope, replay(body, receive), send_guarded)
        except TooLarge:
            await discard(receive)
            found = problems.problem(
                413, "too_large", f"The body is longer than {MAX_BODY:,} bytes.", "Send less at once."
            )
            await problems.as_json(found, {"Connection": "close"})(scope, receive, send_guarded)
        except TimeoutError:
            found = problems.problem(
                408, "too_slow", f"The body did not arrive within {BODY_SECONDS:g} s.", "Send it again."
            )
            await problems.as_json(found, {"Connection": "close"})(scope, receive, send_guarded)
        except ClientLeft:
            return
        except Exception:  # the one door of a request: what failed is kept in the log under a reference
            reference = secrets.token_hex(4)
            log.exception("request failed, reference %s: %s %s", reference, scope["method"], ascii(scope["path"])[:300])
            if not started:
                found = problems.problem(
                    500, "internal", f"The program failed. Reference {reference}.", "Report it with this reference."
                )
                await problems.as_json(found)(scope, receive, send_guarded)


class ClientLeft(Exception):  # nobody is there to answer
    """The caller hung up before the body was complete."""


async def read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, at most `MAX_BODY`; None where the request has none. Raises `TooLarge`, `TimeoutError`."""
    headers = Headers(scope=scope)
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return None
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            part = message.get("body", b"")
            size += len(part)
            if size > MAX_BODY:
                raise TooLarge
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


async def discard(receive: Receive) -> None:
    """Takes what is still on its way and drops it, for a while: a connection that is closed on unread bytes is reset,
    and the caller would never see why."""
    size = 0
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while size < DISCARD_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return  # who sends that slowly is answered now


def replay(body: bytes | None, receive: Receive) -> Receive:
    """Gives the body that was read to the application, then what comes after it."""
    if body is None:
        return receive
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
