"""Bytes named by their content."""

from __future__ import annotations

from schemas import sha256_hex
from schemas.errors import NotFound

from .database import Database


class Blobs(Database):
    """Sky maps, light curves, figures: written once, named by SHA-256."""

    async def put_blob(self, data: bytes, media_type: str = "application/octet-stream") -> str:
        """Keep bytes; the same bytes again change nothing. Gives their SHA-256."""
        blob_id = sha256_hex(data)
        await self._do("put_blob", blob_id, media_type, data)
        return blob_id

    async def get_blob(self, blob_id: str) -> bytes:
        """The bytes. Raises NotFound."""
        row = await self._row("get_blob", blob_id)
        if row is None:
            raise NotFound(f"no blob {blob_id}")
        data: bytes = row["data"]
        return data
