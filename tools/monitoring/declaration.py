"""What `metrics.yaml` says of the calendar: whose holidays count, and the workspace's own occasions."""

from datetime import date
from typing import Self

from pydantic import Field, field_validator, model_validator

from tools.declarations import Day, Declaration, Names

_LONGEST = 60
AUTO = "auto"
_CHINESE_ZONES = ("UTC", "PRC", "Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi")


class OccasionDefinition(Declaration):
    """Days that are not like others: a campaign, an outage, an anniversary sale.

    Attributes:
        names: what people call it; one with the same names at another time is a precedent of it.
        start, end: first and last local day; `end` is `start` where it is left out.
        metrics: those that it touches; none means all.
    """

    names: Names
    start: Day
    end: Day | None = None
    metrics: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last < self.start:
            raise ValueError("end is before start | end 早于 start")
        if (self.last - self.start).days >= _LONGEST:
            raise ValueError(f"an occasion has at most {_LONGEST} days | 一个特殊时段最多 {_LONGEST} 天")
        if not (self.names.zh or self.names.en):
            raise ValueError("give it a name in names | 请在 names 中写明名称")
        return self

    @property
    def last(self) -> date:
        """The last day."""
        return self.end or self.start


class CalendarDefinition(Declaration):
    """Which days are not like others.

    Attributes:
        country: whose public holidays count, as the `holidays` package names it (CN, US, HK); null for none. By
            default China, where the time zone is China's or UTC.
        commerce: whether 618, Double 11 and the other shopping festivals count; by default where China's holidays do.
        occasions: the workspace's own.
    """

    country: str | None = AUTO
    commerce: bool | None = None
    occasions: tuple[OccasionDefinition, ...] = Field(default=(), max_length=500)

    @field_validator("country")
    @classmethod
    def _check_country(cls, value: str | None) -> str | None:
        if value is None or value == AUTO:
            return value
        from holidays import list_supported_countries

        if value.upper() not in list_supported_countries(include_aliases=False):
            raise ValueError(
                "use the two letters of a country, as in CN or US, or null | 请使用国家的两字母代码，如 CN、US，或 null"
            )
        return value.upper()

    def settle(self, timezone: str) -> tuple[str | None, bool]:
        """Return whose holidays count in a time zone, and whether the shopping festivals do."""
        local = "CN" if timezone in _CHINESE_ZONES else None
        country = local if self.country == AUTO else self.country
        return country, country == "CN" if self.commerce is None else self.commerce
