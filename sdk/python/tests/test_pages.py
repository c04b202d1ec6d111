"""Lists: one page, all pages, and the costs of an iteration."""

from __future__ import annotations

import threading
from itertools import islice

import pytest

from berth import Berth
from conftest import Proxy

ROWS = 1050


@pytest.fixture(scope="module")
def directory(berth: Berth) -> str:
    org_id = berth.organizations.create({"name": "Pages"})["id"]

    def create(numbers: range) -> None:
        for number in numbers:
            berth.parties.create(org_id, {"type": "INDIVIDUAL", "name": f"Party {number}"})

    threads = [threading.Thread(target=create, args=(range(first, ROWS, 4),)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return org_id


def test_an_iteration_has_every_row_once_newest_first_in_the_fewest_requests(
    through_proxy: Berth, proxy: Proxy, directory: str
) -> None:
    ids = [party["id"] for party in through_proxy.parties.list(directory)]
    assert len(ids) == ROWS
    assert ids == sorted(set(ids), reverse=True)
    assert len(proxy.received) == 11


def test_a_list_is_also_a_page(berth: Berth, directory: str) -> None:
    page = berth.parties.list(directory, limit=10).page()
    assert len(page.data) == 10
    assert page.total == ROWS
    following = berth.parties.list(directory, limit=10, cursor=page.next_cursor).page()
    assert not {party["id"] for party in page.data} & {party["id"] for party in following.data}


def test_a_list_sends_no_request_before_it_is_used_and_none_that_is_not_needed(
    through_proxy: Berth, proxy: Proxy, directory: str
) -> None:
    parties = through_proxy.parties.list(directory, offset=5)
    assert proxy.received == []
    assert len(list(islice(parties, 150))) == 150
    assert len(proxy.received) == 2
    assert "offset=5" in proxy.received[0].path
    assert "offset" not in proxy.received[1].path


def test_rows_that_are_created_during_an_iteration_do_not_shift_it(berth: Berth, directory: str) -> None:
    seen: list[str] = []
    for page in berth.parties.list(directory, limit=100).pages():
        if not seen:
            new = berth.parties.create(directory, {"type": "INDIVIDUAL", "name": "New"})["id"]
        seen.extend(party["id"] for party in page.data)
    assert len(seen) == len(set(seen)) == ROWS
    assert new not in seen


def test_lists_of_the_ledger_dialect_are_iterated_in_the_same_way(
    through_proxy: Berth, proxy: Proxy, directory: str
) -> None:
    assert directory
    parties = [one["party"] for one in through_proxy.ledger.list_parties(page_size=300)]
    assert len(parties) == len(set(parties)) > ROWS
    assert len(proxy.received) == -(-len(parties) // 300)
