"""Keeping linear algebra on one thread."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_THREADS = "OPENBLAS_NUM_THREADS"


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """A BLAS that is loaded inside uses one thread, unless the environment already says how many.

    Models multiply matrices of a few dozen rows, for which a second thread costs more than it does:
    processor time doubles, and where other processes keep the cores busy a fit takes up to thirty
    times as long. The BLAS of scipy reads this variable once, when it is loaded; it is taken back
    for whatever comes later.
    """
    if _THREADS in os.environ:
        yield
        return
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[_THREADS]
