"""One thread for each worker, no model hub, and a repeatable hypothesis: before anything that reads them is imported."""

import os

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from hypothesis import settings

# Two cores shared by two workers: a deadline would measure the other worker.
settings.register_profile("local", deadline=None)
settings.register_profile("repeatable", settings.get_profile("local"), derandomize=True, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable" if os.environ.get("CI") else "local"))
