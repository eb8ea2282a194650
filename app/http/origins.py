"""The address that a reader reaches the service at, as far as it can be believed."""

from ipaddress import ip_address

from fastapi import Request

from app.config import split_list
from app.dependencies import services_of

_LOCAL_NAMES = {"localhost"}


def trusted_origin(request: Request) -> str | None:
    """Scheme and host of the request, or None if its Host is not one that the settings name.

    Anyone can send any Host, so full addresses in pages and feeds are built from known ones only:
    those of `BORDERCAST_HOSTS`; if it is empty, the names of this machine.
    """
    host = request.headers.get("host", "").lower()
    allowed = [each.lower() for each in split_list(services_of(request.app).settings.hosts)]
    name = _without_port(host)
    known = host in allowed or name in allowed if allowed else _is_own(request, name)
    return f"{request.url.scheme}://{host}" if known else None


def own_origin(request: Request) -> str:
    """`trusted_origin`, or else the address that the connection arrived at."""
    trusted = trusted_origin(request)
    if trusted is not None:
        return trusted
    address, port = request.scope.get("server") or ("localhost", None)
    bracketed = f"[{address}]" if ":" in address else address
    usual = {"http": 80, "https": 443}.get(request.url.scheme)
    ending = "" if port in (None, usual) else f":{port}"
    return f"{request.url.scheme}://{bracketed}{ending}"


def _without_port(host: str) -> str:
    """`[::1]:8000` and `name:8000` without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_own(request: Request, name: str) -> bool:
    """Whether a name can mean only the machine that the request arrived at."""
    server = request.scope.get("server")
    if name in _LOCAL_NAMES or (server is not None and name == server[0]):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
