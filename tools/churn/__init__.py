"""Churn: who is about to leave and why, how long people stay, and whom to win back."""
