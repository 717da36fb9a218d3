"""Receipt tests draw with the real fonts, fetched once into the documents layer."""

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from local import fonts


@pytest.fixture(scope="session", autouse=True)
def fonts_dir() -> Iterator[None]:
    with patch.dict(os.environ, FONTS_DIR=str(fonts.ensure())):
        yield
