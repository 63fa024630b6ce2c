"""Contents of messages as plain data."""

from __future__ import annotations

from typing import Any

from ..display.display import encode_bundle as encode_images
from ..pipes import jsontext

__all__ = ["encode_images", "json_clean"]


def json_clean(content: Any) -> Any:
    """What is left of `content` when it has been JSON. Raises TypeError for what cannot be that."""
    return jsontext.loads(jsontext.dumps(content))
