"""Settings for every test: a home of its own, never the developer's."""

import os
import tempfile

from hypothesis import settings

os.environ["KAWAL_HOME"] = tempfile.mkdtemp(prefix="kawal-test-")

# No timed tests: a loaded machine is not a broken rule.
settings.register_profile("kawal", deadline=None)
settings.load_profile("kawal")
