"""Every error of the house, named by what the caller does next.

    ZhongtaiError
    ├── Stop            nothing can go on: data and proof disagree, a key is gone
    ├── PersonMustAct   a person must change something (a setting, a YAML, a grant), then run again
    │   ├── BadContract     a system's YAML says what is not allowed
    │   ├── SchemaChanged   a frozen stream's columns are not what its YAML says
    │   ├── BadInput        an argument or a file says what is not allowed
    │   │   └── Conflicts       what is sent was sent before with another content
    │   └── NotAuthorised   the source refuses our credentials or our grant has ended
    ├── RetryLater      the same call may succeed later: a server is away, slow, or resting
    │   ├── Resting         outside the source's hours, quota or maintenance: not late, no fault
    │   └── Disagrees       what the source says of itself does not hold; also a finding
    ├── SkipRow         this row cannot be used; it goes to quarantine, the others go on
    └── Refused         the caller has no right to this; the refusal is in the ledger

An error carries facts (system, stream, batch, row), never personal data. Its text is one
sentence: what, where, what is allowed.
"""

from __future__ import annotations


class ZhongtaiError(Exception):
    """Root of the tree. `facts` are safe to log."""

    exit_code = 1

    def __init__(self, message: str, **facts: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return self.message


class Stop(ZhongtaiError):
    """Nothing can go on until the cause is found."""

    exit_code = 3


class PersonMustAct(ZhongtaiError):
    """A person must change something, then run again."""

    exit_code = 2


class BadContract(PersonMustAct):
    """A system's YAML says what is not allowed."""


class SchemaChanged(PersonMustAct):
    """A frozen stream's columns are not what its contract says; nothing of the batch landed."""


class BadInput(PersonMustAct):
    """An argument or a file says what is not allowed."""


class Conflicts(BadInput):
    """The same key was sent before with another content; nothing was changed."""


class NotAuthorised(PersonMustAct):
    """The source refuses our credentials, or our grant has ended."""


class RetryLater(ZhongtaiError):
    """The same call may succeed later."""

    exit_code = 4


class Resting(RetryLater):
    """The source rests by its contract (hours, quota, maintenance): neither late nor a fault."""


class Disagrees(RetryLater):
    """What the source says of itself does not hold (it says 10,000 rows and gives 9,000).

    Whoever runs the sync records it as a finding of kind `kind` about `subject` (no value of a
    row in either) and the run as failed.
    """

    def __init__(self, message: str, kind: str, subject: str, **facts: str | int) -> None:
        super().__init__(message, **facts)
        self.kind, self.subject = kind, subject


class SkipRow(ZhongtaiError):
    """This row cannot be used. It goes to quarantine."""


class Refused(ZhongtaiError):
    """The caller has no right to this. `facts["reason"]` is a stable code."""

    exit_code = 5
