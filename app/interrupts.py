"""Ctrl-C and SIGTERM that wait until what must not be torn apart is over."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM take effect only when the block is left.

    Python runs the handlers of signals in the main thread, between any two of its instructions. In
    other threads there is nothing to defer, and nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    handlers = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if received:
            signal.raise_signal(received[0])


@contextmanager
def uninterrupted_exit(opened: AbstractContextManager[T]) -> Iterator[T]:
    """The same context, which is left as a whole also where Ctrl-C or SIGTERM comes meanwhile.

    What happens inside it can be interrupted: the exit then cleans up after it.
    """
    entered = opened.__enter__()
    try:
        yield entered
    except BaseException:
        with deferred_interrupts():
            if not opened.__exit__(*sys.exc_info()):
                raise
    else:
        with deferred_interrupts():
            opened.__exit__(None, None, None)
