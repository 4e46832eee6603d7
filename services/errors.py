"""The errors a use case may end in; every edge turns each of them into one clear answer."""

from collections.abc import Mapping


class NotFound(Exception):
    """The thing does not exist, or not for this viewer: strangers cannot tell the two apart."""


class Forbidden(Exception):
    """The viewer may look at the thing but not change it."""


class Invalid(Exception):
    """Input that breaks a rule: `errors` maps each field to one sentence that says what is allowed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = dict(errors)


class Unavailable(Exception):
    """A server that this use case needs does not answer; trying again later helps."""


class TooMany(Exception):
    """A limit was reached; `retry_after` is the number of whole seconds to wait."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
