"""`python -m beacon`."""

from beacon.cli import main

main()
