"""The one loader of response coefficients."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from schemas.errors import ConfigurationError, RefusedInput

from ..missions.integral import ResponseModel, response_from_fits, response_from_json

_SHIPPED = "response.json"


def load_response(file: str = "") -> ResponseModel:
    """The response model that ships, or an operator's calibrated one (docs/response.md): FITS, or JSON as ours.

    Parameters
    ----------
    file
        Path; empty: the model that ships.

    Raises
    ------
    ConfigurationError
        Naming the file, when it cannot be read or is no response.
    """
    if not file:
        return response_from_json((files("transients.missions.integral") / _SHIPPED).read_bytes())
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the response file cannot be read: {error.strerror}", where=file) from error
    try:
        return response_from_json(data) if data.lstrip()[:1] == b"{" else response_from_fits(data, file)
    except RefusedInput as error:
        raise ConfigurationError(f"not a response file: {error.message}", where=file) from error
