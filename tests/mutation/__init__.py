"""Do the tests notice a wrong formula? Small mistakes are put into `udfs`, one at a time.

``python -m tests.mutation``; what is changed and what is left out stands in tests/README.md.
"""
