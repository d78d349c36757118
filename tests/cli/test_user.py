"""`monitor user` and where `monitor serve` may listen."""

from pathlib import Path

import pytest

from monitor.cli.serve import is_loopback
from monitor.store.accounts import list_accounts, open_account_hash, person_of_session, start_session
from monitor.store.db import open_database
from monitor.web.passwords import is_password
from tests.cli.test_commands import call
from tests.conftest import NOW
from tests.web.browser import bare_home

PASSWORD = "fyra ord utan mening"  # noqa: S105 (of accounts that live as long as a test)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bare_home(tmp_path, 'login = "accounts"\nunits = ["Skola"]')
