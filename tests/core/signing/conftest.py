"""A store whose documents are signed, and its bundle."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rempart_testing.bundles import NIGHTS, run_of
from rempart_testing.run import BEGINNING, silent

from rempart_core.signing.key import Key, load_key
from rempart_store.store import Store


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return load_key(str(tmp_path_factory.mktemp("key") / "key.pem"))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, key: Key) -> Iterator[Store]:
    with Store.open(str(tmp_path_factory.mktemp("store") / "rempart.db")) as store:
        for night in range(NIGHTS):
            store.save([run_of("web", night), silent("db", BEGINNING + night * 86_400, ["AAA-01"])], key=key)
        yield store


@pytest.fixture(scope="module")
def bundle(signed: Store, key: Key) -> bytes:
    out = io.BytesIO()
    signed.export(out, key)
    return out.getvalue()
