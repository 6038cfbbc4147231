"""JSON services over HTTP: one deadline for a request with its repetitions, and no key in what is said of a failure."""

import json
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from math import isnan
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tenacity import RetryCallState

_LARGEST_ANSWER = 256 * 1024 * 1024
_PIECE = 64 * 1024
_LONGEST_WAIT = 8.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class EndpointFailed(Exception):
    """A service did not answer with JSON in time. The text may be shown: it holds neither key nor answer."""


class _Busy(EndpointFailed):
    """A failure that may pass; `wait` is for how many seconds the service asks."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would carry the key and the texts to an address that nobody set."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Endpoint:
    """An address below which a service takes and gives JSON."""

    def __init__(self, base_url: str, *, api_key: str = "", timeout: float = 30.0, attempts: int = 3) -> None:
        """Describe the service; nothing is sent yet.

        Args:
            base_url: Address up to and including the version, e.g. "https://api.example.com/v1".
            api_key: Sent as a bearer token unless empty.
            timeout: Seconds for a request with all its repetitions.
            attempts: How often a request is sent at most; only failures that may pass are followed by another.
        """
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key.strip()
        self._timeout = timeout
        self._attempts = attempts
        self._opener = urllib.request.build_opener(_NoRedirect)

    def post(self, route: str, body: dict[str, Any]) -> Any:
        """Send JSON to `{base_url}/{route}` and return the JSON that comes back.

        A request that met a busy or failing service is sent again after the time that it asks for
        (Retry-After), or after a short one that doubles, if that is before the deadline.

        Raises:
            EndpointFailed: No usable answer came before the deadline.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        deadline = monotonic() + self._timeout

        def is_late(state: "RetryCallState") -> bool:
            return monotonic() + _wait(state) >= deadline

        retrying = Retrying(
            retry=retry_if_exception_type(_Busy),
            stop=stop_after_attempt(self._attempts) | is_late,  # type: ignore[operator]
            wait=_wait,
            reraise=True,
        )
        return retrying(self._send, route, json.dumps(body).encode(), deadline)

    def _send(self, route: str, body: bytes, deadline: float) -> Any:
        headers = {"Content-Type": "application/json", "User-Agent": "yunce"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        try:
            request = urllib.request.Request(f"{self._base_url}/{route}", data=body, headers=headers)
            with self._opener.open(request, timeout=max(deadline - monotonic(), 0.001)) as response:
                return json.loads(_read(response, deadline))
        except urllib.error.HTTPError as error:
            error.close()
            kind = _Busy if error.code in _PASSING else EndpointFailed
            failure = kind(f"{self._name()} answered with status {error.code}")
            if isinstance(failure, _Busy):
                failure.wait = read_wait(error.headers.get("Retry-After"))
            raise failure from None
        except (OSError, HTTPException) as error:
            raise _Busy(f"{self._name()} did not answer ({_name_cause(error)})") from None
        except (
            ValueError
        ):  # not JSON, or an address or a key that cannot be sent: its text would show the key
            raise EndpointFailed(f"{self._name()} cannot be asked or did not answer with JSON") from None

    def _name(self) -> str:
        """Name the service without user, password or query, which may be secret."""
        try:
            parts = urlsplit(self._base_url)
            return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
        except ValueError:
            return "the address"


def _read(response: Any, deadline: float) -> bytes:
    """Read an answer to its end, but not past the deadline however slowly it drips."""
    pieces, size = [], 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST_ANSWER:
            raise ValueError("the answer is too large")
        if monotonic() > deadline:
            raise TimeoutError("timed out")
    return b"".join(pieces)


def _name_cause(error: Exception) -> str:
    """Name a failure of the connection by its kind alone: the texts of some errors hold headers."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(cause).__name__


def read_wait(value: str | None) -> float | None:
    """Read a Retry-After header, seconds or a date, as seconds from now; None where it says neither."""
    if not value:
        return None
    try:
        seconds = float(value)
        return None if isnan(seconds) else max(seconds, 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(value).timestamp() - time(), 0.0)
    except (ValueError, OverflowError):
        return None


def _wait(state: "RetryCallState") -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Busy) and error.wait is not None:
        return error.wait
    return min(0.25 * 2 ** (state.attempt_number - 1), _LONGEST_WAIT)
