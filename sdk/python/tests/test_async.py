"""The asynchronous client does what the synchronous one does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from berth import AsyncBerth, TimedOutError, UsageError, errors, response_of, types
from conftest import Proxy, Respond, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(server: Server, proxy: Proxy) -> AsyncIterator[AsyncBerth]:
    async with AsyncBerth(proxy.url, server.key) as client:
        yield client


async def test_created_resources_are_in_their_lists(client: AsyncBerth) -> None:
    organization = await client.organizations.create({"name": "Asynchronous"})
    created = [
        await client.parties.create(organization["id"], {"type": "INDIVIDUAL", "name": f"Party {number}"})
        for number in range(5)
    ]
    parties = client.parties.list(organization["id"], limit=2)
    assert [party async for party in parties] == created[::-1]
    assert [len(page.data) async for page in parties.pages()] == [2, 2, 1]
    assert (await parties.page()).total == 5


async def test_errors_are_typed(client: AsyncBerth) -> None:
    with pytest.raises(errors.OrganizationNotFoundError) as raised:
        await client.organizations.get("org_01HQ3K9B2V6R4X8ZT1M5N7P0QS")
    assert raised.value.code == "ORGANIZATION_NOT_FOUND"


async def test_a_creation_whose_response_is_lost_creates_one_resource(client: AsyncBerth, proxy: Proxy) -> None:
    organization = await client.organizations.create({"name": "Lost"})
    proxy.faults = ["lose", Respond(503)]
    party = await client.parties.create(organization["id"], {"type": "INDIVIDUAL", "name": "Created once"})
    response = response_of(party)
    assert response
    assert response.attempts == 3
    assert [one async for one in client.parties.list(organization["id"])] == [party]


async def test_simultaneous_functions_lose_no_change(client: AsyncBerth) -> None:
    organization = await client.organizations.create({"name": "Updates", "metadata": {"count": 0}})

    async def increment(current: types.Organization) -> types.UpdateOrganizationRequest:
        await anyio.sleep(0.01)
        return {"metadata": {"count": current["metadata"]["count"] + 1}}

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(client.organizations.update, organization["id"], increment)
    current = await client.organizations.get(organization["id"], options={"fresh": True})
    assert current["metadata"]["count"] == 4
    unchanged = await client.organizations.update(organization["id"], lambda _: None)
    assert unchanged["metadata"] == current["metadata"]


async def test_a_request_ends_after_the_time_out_and_when_it_is_cancelled(client: AsyncBerth, proxy: Proxy) -> None:
    proxy.otherwise = "hang"
    with pytest.raises(TimedOutError):
        await client.docks.list(options={"timeout": 0.2, "max_retries": 0}).page()
    with anyio.move_on_after(0.3) as scope:
        await client.docks.list().page()
    assert scope.cancelled_caught


async def test_a_coroutine_function_can_provide_the_credential(server: Server) -> None:
    keys = iter([server.key, ""])

    async def current() -> str:
        return next(keys)

    async with AsyncBerth(server.url, current) as client:
        assert (await client.organizations.list().page()).data is not None
        with pytest.raises(UsageError):
            await client.organizations.list().page()
