"""The voice of the user: what reviews, tickets, surveys and posts say, in Chinese and English."""
