"""The stores and services of the system tests, for trials."""

from tests.system.conftest import computed_store as computed_store
from tests.system.conftest import killed_start as killed_start
from tests.system.conftest import light_store as light_store
from tests.system.conftest import recorded_store as recorded_store
from tests.system.conftest import resumed as resumed
from tests.system.conftest import store as store
