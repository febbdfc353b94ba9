"""Settings for every test."""

import os

from hypothesis import settings

# No deadlines: times are measured in benchmarks, never in tests. In CI the same examples every
# time; "long" is for hunting: pytest --hypothesis-profile=long.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("ci" if os.environ.get("CI") else "default")
