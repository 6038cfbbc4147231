"""Where a table of events is and which column is what: one of `sources` in `metrics.yaml`."""

from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from tools.declarations import Placed
from tools.exports import WORKSPACE_ZONE, fill_columns
from tools.identity import IdentityDefinition
from tools.metric_kinds import Name

Format = Literal["parquet", "csv", "excel", "jsonl", "ga4", "mixpanel", "amplitude"]
TimeUnit = Literal["s", "ms", "us", "ns", "date"]


def check_zone(value: str) -> str:
    """Return the name of a time zone.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            "use a name such as Asia/Shanghai or UTC | 请使用 Asia/Shanghai 或 UTC 这样的时区名"
        ) from error
    return value


class SourceDefinition(Placed):
    """Where a table of events is and which column is what.

    Attributes (and those of `Placed`):
        format: what the files are, where their name does not say; ga4, mixpanel and amplitude are raw exports, and
            fill in all columns and the usual dimensions (see `tools.exports`).
        user, time, event: columns. Rows without a user or a time are left out, and counted in a warning.
        event_name: the event that every row is, where no column says so.
        id: rows that share user, event and id are one event, at the earliest of their times.
        time_unit: of a time that is a number since 1970; detected. `date` is a number such as 20260301.
        time_zone: zone of times that carry none, `workspace` for the workspace's. By default that, but UTC for numbers
            since 1970.
        day_first: whether 03/04/2026 is the 3rd of April; only needed where no date tells.
        text: column with what people wrote, of a source of feedback (reviews, tickets, answers to surveys, posts): it is
            read by the feedback tools. A row without a user is kept there, as one from somebody else.
        rating, channel, language: of feedback, the columns with its stars, where it was given, and zh or en; the channel
            becomes the dimension `feedback_channel`, and a language that is not given is detected.
        received: column with the time at which an event reached the servers; late ones are found by it.
        identity: a table of aliases, so that what people did before they were known counts as theirs.
        teams: who may see the source; none means everyone.
        min_group: groups of fewer users are not shown (see `tools.privacy`); 1 shows all.
        user_rows: teams that may see rows of single users, in lists such as whom to win back; others get counts. The
            owner may, too; but with a `min_group` nobody may, unless this names a team.
    """

    repeats_columns: ClassVar[bool] = False

    format: Format | None = None
    user: str | None = None
    time: str
    event: str | None = None
    event_name: Name | None = None
    id: str | None = None
    time_unit: TimeUnit | None = None
    time_zone: str | None = None
    day_first: bool | None = None
    received: str | None = None
    text: str | None = None
    rating: str | None = None
    channel: str | None = None
    language: str | None = None
    identity: IdentityDefinition | None = None
    teams: tuple[str, ...] = ()
    min_group: int = Field(default=1, ge=1, le=1_000_000)
    user_rows: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_columns(cls, value: Any) -> Any:
        return fill_columns(value)

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, value: str | None) -> str | None:
        return value if value in (None, WORKSPACE_ZONE) else check_zone(value)

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        if self.text is None and (self.event is None) == (self.event_name is None):
            raise ValueError("give either event or event_name | 请在 event 与 event_name 中恰好填写一个")
        if self.identity is not None and (self.user is None or self.database is not None):
            raise ValueError(
                "identity needs user, and a source of files or frames; in a database, join the aliases in a view | "
                "identity 需要 user 列且仅用于文件或数据框；数据库中请用视图关联别名"
            )
        if self.text is None and any((self.rating, self.channel, self.language)):
            raise ValueError(
                "rating, channel and language belong to feedback; give its text, too | "
                "rating、channel、language 属于用户反馈，请同时填写 text"
            )
        if self.min_group > 1 and self.user is None and self.text is None:
            raise ValueError("min_group needs user, to count people | min_group 需要 user 列来统计人数")
        return self

    def visible_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see the source."""
        return teams is None or not self.teams or bool(teams.intersection(self.teams))

    def shows_users_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see rows of single users."""
        if teams is None:
            return self.min_group <= 1 or bool(self.user_rows)
        return self.visible_to(teams) and bool(teams.intersection(self.user_rows))
