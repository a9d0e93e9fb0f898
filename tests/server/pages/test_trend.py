"""The page of trends: the chart's data and the table say the same, and nothing in the data is markup."""

from __future__ import annotations

import json
import re
import time

import pytest
from rempart_testing.chromium import needs_chromium
from rempart_testing.server_pages import DAY, ORIGIN, browsing
from starlette.testclient import TestClient

from rempart_server.pages.trend import write_json


def _count_days() -> int:
    """Return the days of the fleet's life: its first night was two days and an hour ago, and today is shown as well."""
    now = int(time.time())
    return now // DAY - (now - 2 * DAY - 3600) // DAY + 1


def test_the_chart_and_the_table_say_the_same(client: TestClient) -> None:
    text = client.get("/trends").text
    found = re.search(r'<script type="application/json" id="trend-data">(.*?)</script>', text)
    assert found
    data = json.loads(found[1])["data"]
    assert data[1] == [1, 1, 2, 2][: _count_days()]  # critical
    assert text.count('<tr><th scope="row"><a href="/?at=') == len(data[0]) == _count_days()
    assert client.get("/trends?days=7").status_code == 400


def test_nothing_in_the_data_ends_its_block() -> None:
    text = str(write_json({"label": "</script><script>&"}))
    assert "<" not in text
    assert json.loads(text) == {"label": "</script><script>&"}


@needs_chromium
@pytest.mark.parametrize("scripts", [True, False])
def test_the_chart_is_drawn_and_the_table_is_there_without_it(client: TestClient, scripts: bool) -> None:
    with browsing(client, scripts=scripts) as browser:
        tab = browser.context.new_page()
        tab.goto(f"{ORIGIN}/trends")
        if scripts:
            tab.wait_for_selector(".drawing canvas")
        assert tab.locator(".stack tbody tr").count() == _count_days()
        assert browser.foreign == []
