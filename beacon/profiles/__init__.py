"""The rule's lists as data files."""
