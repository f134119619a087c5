"""Settings for every test: a home of its own, never the developer's."""

import os
import tempfile

from hypothesis import settings

os.environ["KAWAL_HOME"] = tempfile.mkdtemp(prefix="kawal-test-")

# No timed tests: a loaded machine is not a broken rule. CI draws the same examples each time, so that a
# landing does not hang on chance; whoever works on a rule draws new ones with every run.
settings.register_profile("kawal", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kawal")
