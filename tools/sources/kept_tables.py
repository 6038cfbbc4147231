"""Tables that several questions read, each made once: who is in a segment, for one."""

import threading
from typing import TYPE_CHECKING, Any

from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

_MOST_KEPT = 16


class KeptTables:
    """The results of expressions, kept as long as their source; no more than a few, because each takes memory."""

    def __init__(self, engine: AnyEngine) -> None:
        self._engine = engine
        self._making = threading.Lock()
        self._made: dict[Any, ibis.Table] = {}

    def table(self, expression: "ibis.Table") -> "ibis.Table":
        """Return the expression's rows as a table, or the expression itself where enough is kept already.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        key = expression.op()
        with self._making:
            if key not in self._made and len(self._made) < _MOST_KEPT:
                self._made[key] = self._engine.keep(f"kept_{len(self._made)}", expression)
            return self._made.get(key, expression)
