"""Settings for every test: a home of its own, never the developer's."""

import os
import tempfile

os.environ["KAWAL_HOME"] = tempfile.mkdtemp(prefix="kawal-test-")
