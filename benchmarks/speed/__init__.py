"""Exports of any size, for measuring how long a day takes and how much memory."""
