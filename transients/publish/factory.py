"""Which publisher the settings ask for."""

from __future__ import annotations

from schemas.errors import ConfigurationError
from transients.config import Settings

from .base import Publisher
from .channels import NoPublisher, RecordingPublisher
from .zenodo import ZenodoPublisher
from .zenodo_api import ZenodoApi

_ADDRESSES = {"sandbox": "https://sandbox.zenodo.org", "production": "https://zenodo.org"}


def publisher(settings: Settings) -> Publisher:
    """The publisher of the settings; opens no connection yet.

    The switch `hold` is not looked at here: it can be turned at any moment, so whoever calls `publish` asks it.

    Raises
    ------
    ConfigurationError
        A real service without a token.
    """
    zenodo = settings.zenodo
    if zenodo.mode == "off":
        return NoPublisher()
    if zenodo.mode == "record":
        return RecordingPublisher()
    if zenodo.token is None:
        raise ConfigurationError(f"zenodo.mode = {zenodo.mode!r} needs zenodo.token", where="zenodo")
    api = ZenodoApi(zenodo.url or _ADDRESSES[zenodo.mode], zenodo.token.reveal())
    return ZenodoPublisher(api, sandbox=zenodo.mode == "sandbox")
