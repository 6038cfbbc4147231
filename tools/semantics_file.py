"""Reading `metrics.yaml` strictly: every refusal names its line and the nearest right word."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from tools.errors import SemanticsError, nearest, show
from tools.grammar import chinese_list
from tools.metric_kinds import metric_events
from tools.refusals import describe_refusal
from tools.segments.rules import rule_events, rule_segments
from tools.semantics import Semantics
from tools.semantics_names import Location, check_metric_names, check_segment_names, find_line

_LARGEST_FILE = 2_000_000
_MOST_VALUES = 1_000_000


def read_semantics(source: Path | str) -> Semantics:
    """Parse, validate and cross-check; see `tools.semantics.load_semantics`."""
    name, text = _read_text(source)
    document = _parse(name, text)
    try:
        semantics = Semantics.model_validate(_plain(document, count(1)))
    except RecursionError:
        raise _too_much(name) from None
    except ValidationError as error:
        # A mistyped key is also a missing one: the typo is the better thing to say.
        found = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
        raise _explain(name, document, found[0]) from None
    for location, word, known, en, zh in _dangling(semantics):
        raise _unknown_reference(name, document, location, word, known, en, zh)
    check_segment_names(name, document, semantics)
    check_metric_names(name, document, semantics)
    return semantics


def _read_text(source: Path | str) -> tuple[str, str]:
    if isinstance(source, str):
        return "metrics.yaml", source
    try:
        if source.stat().st_size > _LARGEST_FILE:
            raise SemanticsError(en=f"{show(source.name)} is too large.", zh=f"{show(source.name)} 过大。")
        return source.name, source.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SemanticsError(
            en=f"Cannot read {show(source)} as UTF-8 text; create it or check the path.",
            zh=f"无法以 UTF-8 文本读取 {show(source)}，请创建该文件或检查路径。",
        ) from error


def _parse(name: str, text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        document = YAML(typ="rt").load(text)
    except RecursionError:
        raise _too_much(name) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 1
        # Of a key that stands twice the parser would also tell the values.
        problem = show((error.problem or "not YAML").split(" with value ")[0].strip())
        raise SemanticsError(
            en=f"{name}, line {line}: this is not valid YAML ({problem}).",
            zh=f"{name} 第 {line} 行：不是合法的 YAML（{problem}）。",
        ) from error
    except (YAMLError, ValueError) as error:
        raise SemanticsError(en=f"{name} is not valid YAML.", zh=f"{name} 不是合法的 YAML。") from error
    if not isinstance(document, Mapping):
        raise SemanticsError(
            en=f"{name}, line 1: expected keys such as `sources:`.",
            zh=f"{name} 第 1 行：应为 `sources:` 这样的键。",
        )
    return document


def _plain(node: Any, counter: Iterator[int]) -> Any:
    """Turn what the parser made into plain values; an alias is written out wherever it stands.

    Raises:
        RecursionError: that is more than a file of its size can say.
    """
    if next(counter) > _MOST_VALUES:
        raise RecursionError
    if isinstance(node, Mapping):
        return {key: _plain(value, counter) for key, value in node.items()}
    if isinstance(node, list):
        return tuple(_plain(value, counter) for value in node)
    return node


def _too_much(name: str) -> SemanticsError:
    return SemanticsError(
        en=f"{name} is nested too deeply, or its aliases (&, *) repeat themselves too often; write it out.",
        zh=f"{name} 嵌套过深，或别名（&、*）重复展开过多，请直接写明。",
    )


def _explain(name: str, document: Any, error: Mapping[str, Any]) -> SemanticsError:
    location: Location = error["loc"]
    refused = getattr(error.get("ctx", {}).get("error"), "__cause__", None)
    line = find_line(document, (*location, getattr(refused, "parameter", None) or ""))
    place = ".".join(show(part) for part in location) or name
    if error["type"] == "extra_forbidden":
        return _unknown_key(name, line, location)
    if error["type"] == "union_tag_not_found" and location[0] == "metrics":
        return _no_kind(name, document, location, place, error["input"])
    if error["type"] in ("literal_error", "union_tag_invalid"):
        return _not_a_choice(name, line, place, error)
    en, zh = describe_refusal(error)
    quoted = error["type"] != "missing" and not isinstance(error["input"], Mapping)
    value = f" ({show(error['input'])})" if quoted else ""
    return SemanticsError(
        en=f"{name}, line {line}: {place}{value}: {en}.",
        zh=f"{name} 第 {line} 行：{place}{value}：{zh}。",
        parameter=place,
    )


def _unknown_key(name: str, line: int, location: Location) -> SemanticsError:
    word = str(location[-1])
    model = _declared_type(location[:-1])
    model = next((option for option in get_args(model) if option is not type(None)), model)
    is_model = isinstance(model, type) and issubclass(model, BaseModel)
    listed = ", ".join(nearest(word, model.model_fields if is_model else ()))
    return _say_unknown_key(name, line, word, ".".join(show(part) for part in location[:-1]), listed)


def _say_unknown_key(name: str, line: int, word: str, place: str, listed: str) -> SemanticsError:
    en, zh = (f" in {place}", f"{place} 中") if place else ("", "")
    return SemanticsError(
        en=f"{name}, line {line}: unknown key {show(word)}{en}. Did you mean: {listed}?",
        zh=f"{name} 第 {line} 行：{zh}有未知的键 {show(word)}，您是不是想写：{chinese_list(listed)}？",
        parameter=show(word),
    )


def _no_kind(name: str, document: Any, location: Location, place: str, given: Any) -> SemanticsError:
    """Say that `kind` is missing, or which key was perhaps meant to be it."""
    if close := get_close_matches("kind", map(str, given if isinstance(given, Mapping) else ()), 1):
        return _say_unknown_key(name, find_line(document, (*location, close[0])), close[0], place, "kind")
    line = find_line(document, location)
    return SemanticsError(
        en=f"{name}, line {line}: {place} needs a kind, for example kind: unique_users.",
        zh=f"{name} 第 {line} 行：{place} 缺少 kind，例如 kind: unique_users。",
        parameter=place,
    )


def _not_a_choice(name: str, line: int, place: str, error: Mapping[str, Any]) -> SemanticsError:
    given = error["input"].get("kind", "") if isinstance(error["input"], Mapping) else error["input"]
    allowed = str(error["ctx"].get("expected") or error["ctx"].get("expected_tags"))
    choices = [choice.strip(" '") for choice in allowed.replace(" or ", ", ").split(",")]
    best, listed = ", ".join(nearest(str(given), choices)), ", ".join(choices)
    value = show(given)
    return SemanticsError(
        en=f"{name}, line {line}: {place} cannot be {value}. Did you mean: {best}? Allowed: {listed}.",
        zh=f"{name} 第 {line} 行：{place} 不能是 {value}，您是不是想写：{chinese_list(best)}？可选：{chinese_list(listed)}。",
        parameter=place,
    )


def _declared_type(location: Location) -> Any:
    """Follow a pydantic error location down the declared types to the model that stands there."""
    current: Any = Semantics
    for part in location:
        current = _step(current, part)
    return current


def _step(annotation: Any, part: str | int) -> Any:
    if get_origin(annotation) is Annotated:
        return _step(get_args(annotation)[0], part)
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _step(options[0], part) if len(options) == 1 else next(_tagged(annotation, part), annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        field = fields.get(str(part)) or next((f for f in fields.values() if f.alias == part), None)
        return field.annotation if field else annotation
    arguments = get_args(annotation)
    return (
        (arguments[1] if len(arguments) > 1 and arguments[1] is not ... else arguments[0])
        if arguments
        else None
    )


def _tagged(annotation: Any, tag: str | int) -> Iterator[Any]:
    for option in get_args(annotation):
        kind = getattr(option, "model_fields", {}).get("kind")
        if kind is not None and tag in get_args(kind.annotation):
            yield option


def _dangling(semantics: Semantics) -> Iterator[tuple[Location, str, list[str], str, str]]:
    """Yield each reference to a source, event or metric that the file does not declare."""
    sources = list(semantics.sources)
    for kind in ("events", "dimensions", "metrics", "segments", "experiments"):
        for key, entry in getattr(semantics, kind).items():
            if entry.source is not None and entry.source not in sources:
                yield (kind, key, "source"), entry.source, sources, "source", "数据源"
    events = _known_events(semantics)
    for key, metric in semantics.metrics.items():
        for word in metric_events(metric):
            # Without an events section the names are in the data, and are checked there.
            if semantics.events and word not in events:
                yield ("metrics", key), word, events, "event", "事件"
    for key, segment in semantics.segments.items():
        for word in rule_events(segment.rule):
            if semantics.events and word not in events:
                yield ("segments", key), word, events, "event", "事件"
        for word in rule_segments(segment.rule):
            if word not in semantics.segments:
                yield ("segments", key), word, list(semantics.segments), "segment", "人群"
        for part in segment.rule.walk():
            if part.dimension is not None and part.dimension not in semantics.dimensions:
                yield ("segments", key), part.dimension, list(semantics.dimensions), "dimension", "维度"
    for key, experiment in semantics.experiments.items():
        for word in experiment.named_metrics:
            if word not in semantics.metrics:
                yield ("experiments", key), word, list(semantics.metrics), "metric", "指标"
        exposure = experiment.exposure
        if exposure is not None and semantics.events and exposure.event not in events:
            yield ("experiments", key), exposure.event, events, "event", "事件"
        for word in (exposure.arm, *exposure.where) if exposure is not None else ():
            if word not in semantics.dimensions:
                yield ("experiments", key), word, list(semantics.dimensions), "dimension", "维度"
    for key, spend in semantics.spend.items():
        if spend.dimension not in semantics.dimensions:
            yield ("spend", key), spend.dimension, list(semantics.dimensions), "dimension", "维度"
    for key, budget in semantics.budgets.items():
        if budget.spend not in semantics.spend:
            yield ("budgets", key), budget.spend, list(semantics.spend), "spending", "花费表"
    for position, target in enumerate(semantics.targets):
        if target.metric not in semantics.metrics:
            yield ("targets", position), target.metric, list(semantics.metrics), "metric", "指标"
    for position, occasion in enumerate(semantics.calendar.occasions):
        for word in occasion.metrics:
            if word not in semantics.metrics:
                place = ("calendar", "occasions", position)
                yield place, word, list(semantics.metrics), "metric", "指标"


def _known_events(semantics: Semantics) -> list[str]:
    known = list(semantics.events)
    known += [raw for event in semantics.events.values() for raw in event.any_of or ()]
    return known + [s.event_name for s in semantics.sources.values() if s.event_name]


def _unknown_reference(
    name: str, document: Any, location: Location, word: str, known: list[str], en: str, zh: str
) -> SemanticsError:
    line = _reference_line(document, location, word)
    listed = ", ".join(nearest(word, known))
    place = ".".join(show(part) for part in location)
    return SemanticsError(
        en=f"{name}, line {line}: {place} names an unknown {en} {show(word)}. Did you mean: {listed}?",
        zh=f"{name} 第 {line} 行：{place} 引用了未声明的{zh} {show(word)}，您是不是想写：{chinese_list(listed)}？",
        parameter=show(word),
    )


def _reference_line(document: Any, location: Location, word: str) -> int:
    node = document
    for part in location:
        node = node[part]
    return find_line(document, (*location, *_path_to(node, word)))


def _path_to(node: Any, word: str) -> Location:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if not isinstance(value, Mapping | list) and str(value) == word:
            return (key,)
        below = _path_to(value, word)
        if below:
            return (key, *below)
    return ()
