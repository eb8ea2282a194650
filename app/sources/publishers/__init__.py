"""The publishers that can be asked. Each module here defines one as `PUBLISHER`."""

from importlib import import_module
from pkgutil import iter_modules

from app.sources.publisher import Publisher

PUBLISHERS: dict[str, Publisher] = {
    publisher.name: publisher
    for publisher in sorted(
        (import_module(f"{__name__}.{module.name}").PUBLISHER for module in iter_modules(__path__)),
        key=lambda publisher: publisher.name,
    )
}
