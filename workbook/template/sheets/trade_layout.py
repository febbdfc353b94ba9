"""Where the blocks of the Trade sheet stand, and what they share."""

from __future__ import annotations

from workbook.template.fields import TABLES

LEFT, RIGHT, CHART = 2, 10, 12
LAST = 20
TERMS = 25  # beside what is printed: each venue's terms
CHOICE = 4
CARDS = 6
STRIP = 11
STOPS = 14
SCALE_OUT = 20
LIQUIDATED = 27
VENUES = 43
VENUE_ROWS = TABLES["Venues"].rows
DRIFT = VENUES + VENUE_ROWS + 4
WHAT_IF = DRIFT  # on the right of it
SCALE_IN = DRIFT + 15  # a page of its own, with the distances on the right
DISTANCES = SCALE_IN
LINKS = SCALE_IN + 17
RUNGS = LINKS  # the workings of the scale-in, on the right of the links
POINTS = LINKS + 24  # single numbers that the tables and charts above count by
COMPARED = LINKS + 28
CHANCES = LINKS + 28
WATERFALL = CHANCES + 18

# A row of the plan that is blank shows nothing.
EMPTY = 'IF(Trade_symbol="","",{})'
LEVERAGES = (2, 3, 5, 8, 10, 15, 20, 25, 35, 50)
DRIFT_POINTS = 8
