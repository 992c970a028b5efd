import pytest

from portfolio_app.app.events import QueueChanged, SessionRevoked
from portfolio_app.http.transport import runtime
from tests.unit.http.site import FakeSite


def test_asking_for_services_before_the_start_says_what_is_missing() -> None:
    runtime.uninstall()
    with pytest.raises(runtime.NotInstalled, match="install"):
        runtime.services()


async def test_a_revocation_on_the_bus_reaches_the_socket_registry(site: FakeSite) -> None:
    await site.bus.publish(QueueChanged(), SessionRevoked("s1", replaced=True))
    assert runtime.current().sockets.was_replaced_just_now("s1")


def test_a_new_site_replaces_the_old_one(site: FakeSite) -> None:
    other = FakeSite().install(limits=False)
    assert runtime.current() is other
    assert not runtime.options().limits
