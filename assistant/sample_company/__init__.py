"""灯市 Lantern Market: a sample company whose data and documents tell the same true stories."""

from assistant.sample_company.generator import generate
from assistant.sample_company.writing import write

__all__ = ["generate", "write"]
