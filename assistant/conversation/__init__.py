"""Conversations: what was asked and answered under one id, remembered for the turns to come, shown, exported, deleted."""
