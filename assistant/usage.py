"""Tokens and money: what the endpoints of one question counted, priced as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.answer import Usage
from assistant.model_settings import EndpointSettings


@dataclass(slots=True)
class Meter:
    """Adds up what replies took."""

    currency: str = "USD"
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    counted: int = 0
    uncounted: int = 0

    def add(self, usage: Mapping[str, Any] | None, endpoint: EndpointSettings) -> None:
        """Add one reply's `usage_metadata`; None is a reply that its endpoint did not count."""
        if not usage:
            self.uncounted += 1
            return
        read, written = int(usage["input_tokens"]), int(usage["output_tokens"])
        self.counted += 1
        self.input_tokens += read
        self.output_tokens += written
        if self.cost is None or endpoint.input_price is None or endpoint.output_price is None:
            self.cost = None
        else:
            self.cost += (read * endpoint.input_price + written * endpoint.output_price) / 1_000_000

    def read(self) -> Usage | None:
        """Return the sums; None where nothing was counted."""
        if not self.counted:
            return None
        return Usage(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cost=None if self.cost is None else round(self.cost, 8),
            currency=None if self.cost is None else self.currency,
            complete=not self.uncounted,
        )
