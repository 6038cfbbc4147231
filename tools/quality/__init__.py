"""Whether data can be trusted: what in a source would spoil results, with numbers, and how to mend it."""

from tools.quality.checkup import CheckArguments, check_data

__all__ = ["CheckArguments", "check_data"]
