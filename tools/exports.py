"""Ready mappings for raw exports of other analytics products: which of their fields is the user, the time, …

Sources of the fields:
    ga4: "BigQuery Export schema" of Google Analytics 4 (support.google.com/analytics/answer/7029846). `event_timestamp`
        is in microseconds UTC; `event_params` and `user_properties` are lists of key and typed value.
    mixpanel: "Raw Event Export" (docs.mixpanel.com/reference/raw-event-export) and "Exporting Raw Data". `time` is in
        seconds (milliseconds with `time_in_ms`) since 1970 *by the clock of the project's time zone*; exports are not
        deduplicated, and Mixpanel says to do so by event, distinct_id, time and $insert_id.
    amplitude: "Export API" (amplitude.com/docs/apis/analytics/export): a ZIP of gzipped JSON lines, times as text in
        UTC. Amplitude counts users by `amplitude_id`, which also knows those that never signed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.results import Text

#: Value of `time_zone` that means the workspace's own.
WORKSPACE_ZONE = "workspace"


@dataclass(frozen=True, slots=True)
class Export:
    """What a raw export calls things.

    Attributes:
        columns: settings of a source, by name, for all that `metrics.yaml` does not say itself.
        dimensions: name of a dimension -> its column; a dimension that the data lacks is left out.
    """

    columns: Mapping[str, str]
    dimensions: Mapping[str, str] = field(default_factory=dict)


EXPORTS: Mapping[str, Export] = {
    "ga4": Export(
        columns={
            "user": "user_pseudo_id",
            "event": "event_name",
            "time": "event_timestamp",
            "time_unit": "us",
        },
        dimensions={
            "platform": "platform",
            "device": "device.category",
            "os": "device.operating_system",
            "browser": "device.web_info.browser",
            "country": "geo.country",
            "region": "geo.region",
            "city": "geo.city",
            "traffic_source": "traffic_source.source",
            "traffic_medium": "traffic_source.medium",
            "campaign": "traffic_source.name",
            "app_version": "app_info.version",
        },
    ),
    "mixpanel": Export(
        columns={
            "user": "properties.distinct_id",
            "event": "event",
            "time": "properties.time",
            "id": "properties.$insert_id",
            "time_zone": WORKSPACE_ZONE,
            "received": "properties.mp_processing_time_ms",
        },
        dimensions={
            "os": "properties.$os",
            "browser": "properties.$browser",
            "device": "properties.$device",
            "country": "properties.mp_country_code",
            "region": "properties.$region",
            "city": "properties.$city",
            "traffic_source": "properties.utm_source",
            "traffic_medium": "properties.utm_medium",
            "campaign": "properties.utm_campaign",
            "app_version": "properties.$app_version_string",
        },
    ),
    "amplitude": Export(
        columns={
            "user": "amplitude_id",
            "event": "event_type",
            "time": "event_time",
            "id": "$insert_id",
            "time_zone": "UTC",
            "received": "server_received_time",
        },
        dimensions={
            "platform": "platform",
            "device": "device_family",
            "os": "os_name",
            "country": "country",
            "region": "region",
            "city": "city",
            "language": "language",
            "app_version": "version_name",
        },
    ),
}

DIMENSION_NAMES: Mapping[str, Text] = {
    "platform": Text("平台", "platform"),
    "device": Text("设备", "device"),
    "os": Text("操作系统", "operating system"),
    "browser": Text("浏览器", "browser"),
    "country": Text("国家/地区", "country"),
    "region": Text("省/州", "region"),
    "city": Text("城市", "city"),
    "language": Text("语言", "language"),
    "traffic_source": Text("流量来源", "traffic source"),
    "traffic_medium": Text("流量媒介", "traffic medium"),
    "campaign": Text("营销活动", "campaign"),
    "app_version": Text("应用版本", "app version"),
}


def fill_columns(declared: Any) -> Any:
    """Add to a source's settings those of its format that it does not state; the event not where all rows are one."""
    export = EXPORTS.get(str(declared.get("format"))) if isinstance(declared, Mapping) else None
    if export is None:
        return declared
    known = {k: v for k, v in export.columns.items() if k != "event" or "event_name" not in declared}
    return {**known, **declared}


def standard_dimensions(sources: Any) -> dict[str, Any]:
    """Return declarations of the usual dimensions of the first source that is a raw export."""
    for name, declared in sources.items() if isinstance(sources, Mapping) else ():
        kind = declared.get("format") if isinstance(declared, Mapping) else None
        if (export := EXPORTS.get(str(kind))) is not None:
            return {
                dimension: {"column": column, "source": name, "optional": True, "names": _names(dimension)}
                for dimension, column in export.dimensions.items()
            }
    return {}


def _names(dimension: str) -> dict[str, str]:
    text = DIMENSION_NAMES[dimension]
    return {"zh": text.zh, "en": text.en}
