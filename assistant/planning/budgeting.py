"""What a plan spends: the tactics that fit the budget, and lines that add up."""

import math
from collections.abc import Sequence

from assistant.planning.advice import Suggestion
from assistant.planning.plans import Budget, BudgetLine, Sourced
from assistant.turn import Turn

MOST_TACTICS = 3
_CONTINGENCY = 0.1
_ROUNDING = 100


def choose_within_budget(
    suggestions: Sequence[Suggestion], limit: Sourced | None, currency: str, turn: Turn
) -> tuple[list[Suggestion], Budget]:
    """Take the best tactics whose costs, with the contingency, stay within the limit."""
    chosen: list[Suggestion] = []
    lines: list[BudgetLine] = []
    most = limit.value if limit else None
    for suggestion in suggestions:
        if len(chosen) == MOST_TACTICS or suggestion.conditions_hold is False:
            continue
        cost = suggestion.card.cost
        amount = _rounded((cost.low + cost.high) / 2)
        spent = sum(line.amount for line in lines)
        if most is not None and _with_contingency(spent + amount) > most:
            amount = _rounded(cost.low)
            if _with_contingency(spent + amount) > most:
                continue
        chosen.append(suggestion)
        lines.append(
            BudgetLine(
                item=suggestion.card.name.in_language(turn.language),
                amount=amount,
                source=turn.say(
                    zh=f"卡片区间 {cost.low:,.0f}–{cost.high:,.0f} [{suggestion.marker}]",
                    en=f"card's range {cost.low:,.0f}–{cost.high:,.0f} [{suggestion.marker}]",
                ),
            )
        )
    if lines:
        spent = sum(line.amount for line in lines)
        lines.append(
            BudgetLine(
                item=turn.say(zh="预备金", en="Contingency"),
                amount=_with_contingency(spent) - spent,
                source=turn.say(zh="以上合计的 10%", en="10% of the lines above"),
            )
        )
    total = sum(line.amount for line in lines)
    return chosen, Budget(currency=currency, limit=limit, lines=tuple(lines), total=total)


def _rounded(amount: float) -> int:
    return int(math.ceil(amount / _ROUNDING) * _ROUNDING)


def _with_contingency(amount: int) -> int:
    return amount + round(_CONTINGENCY * amount)
