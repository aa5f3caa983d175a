"""The modules of the benchmark are found as its own programs find them: by the folder they lie in."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
