"""What can go wrong, split by who acts.

    KgError
    ├── TryAgain        transient: the same call may succeed later
    │   └── ServerGone     a server that was asked does not answer, or holds another release
    ├── FixInput        the input is wrong; names the record, the path in it and the next step
    │   ├── BadRecord      one native record cannot be read: goes to quarantine, the rest goes on
    │   └── NothingUsable  the input holds nothing that the source's loader knows
    ├── FixSetup        a service, extra, folder or setting is missing or wrong
    ├── NotAllowed      a query or act that this door does not permit
    ├── LimitReached    time, rows, bytes or memory ran out: the answer is partial or absent, never empty
    └── OurBug          a check of our own failed

Exit codes of every command follow from the class: see `exit_code`.
"""

from __future__ import annotations

from typing import Any


class KgError(Exception):
    """Base of every error that the product raises on purpose.

    `message` says what happened and where; `next_step` what to do now; further facts are attributes.
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class TryAgain(KgError):
    """Nothing is wrong with the call; repeat it later."""

    code = "try_again"
    exit_code = 5


class ServerGone(TryAgain):
    """A server that the product asks is not there now, or not with the release that is served."""

    code = "server_gone"


class FixInput(KgError):
    """The input cannot be used as it is."""

    code = "bad_input"
    exit_code = 2


class BadRecord(FixInput):
    """One native record that cannot be read at all. `path` is where in it, `reason` why."""

    code = "bad_record"
    exit_code = 3

    def __init__(self, path: str, reason: str, **facts: Any) -> None:
        super().__init__(f"{path or 'record'}: {reason}", **facts)
        self.path = path
        self.reason = reason


class NothingUsable(FixInput):
    """The input holds nothing that the source's loader knows."""

    code = "nothing_usable"
    exit_code = 4


class FixSetup(KgError):
    """Something around the program is missing or wrong."""

    code = "setup"
    exit_code = 5


class NotAllowed(KgError):
    """This door does not permit it."""

    code = "not_allowed"
    exit_code = 2


class LimitReached(KgError):
    """Stopped by a limit of time, rows, bytes or memory."""

    code = "limit_reached"
    exit_code = 3


class OurBug(KgError):
    """A check inside the program failed: please report it with the text."""

    code = "internal"
    exit_code = 1
