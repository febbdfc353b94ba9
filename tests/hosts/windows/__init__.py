"""The Excel host on Windows, without a Windows: a Windows Python under wine.

``python -m tests.hosts.windows`` sets up what is missing and runs the tests here; with ``--quick``
the part that CI runs.
"""
