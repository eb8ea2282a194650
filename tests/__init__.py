"""Tests of everything; CONTRIBUTING.md says how to run some of them."""

import os

# Before a test loads a BLAS: a second thread of it makes fits up to thirty times as slow if other
# processes keep the cores busy (see forecasting/models/blas.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
