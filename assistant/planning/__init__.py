"""The decision loop: tactic cards, advice from the data, and plans."""
