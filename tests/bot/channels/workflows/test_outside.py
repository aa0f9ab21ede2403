"""Connections go to the public internet, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import pytest

from bot.channels.workflows.outside import NotOutside, Outside, is_public, look_up

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


class Net(httpcore.NetworkBackend):
    """Remembers what is connected to; some of it does not answer."""

    def __init__(self, *silent: str) -> None:
        self.tried: list[str] = []
        self._silent = silent

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.tried.append(host)
        if host in self._silent:
            raise httpcore.ConnectTimeout
        return httpcore.MockStream([])


@pytest.mark.parametrize("address", [*PUBLIC, "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_the_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - refused
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds hand out secrets
        "100.64.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:100.64.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "localhost",
        "",
    ],
)
def test_whatever_is_not_the_outside_is_refused(address: str) -> None:
    assert not is_public(address)


def test_what_was_looked_at_is_what_is_connected_to() -> None:
    answers = iter([PUBLIC[:1], ["127.0.0.1"]])  # the name says something else the second time
    net = Net()

    Outside(resolve=lambda *_: next(answers), inner=net).connect_tcp("name.example", 443)

    assert net.tried == PUBLIC[:1]


def test_one_private_address_among_public_ones_is_refused() -> None:
    net = Net()

    with pytest.raises(NotOutside, match="private network"):
        Outside(resolve=lambda *_: [*PUBLIC, "10.0.0.1"], inner=net).connect_tcp("n.example", 443)

    assert net.tried == []


def test_another_address_is_tried_where_one_does_not_answer() -> None:
    net = Net(PUBLIC[0])

    Outside(resolve=lambda *_: PUBLIC, inner=net).connect_tcp("name.example", 443)

    assert net.tried == PUBLIC


def test_none_answers() -> None:
    with pytest.raises(httpcore.ConnectTimeout):
        Outside(resolve=lambda *_: PUBLIC, inner=Net(*PUBLIC)).connect_tcp("name.example", 443)


def test_a_name_without_an_address() -> None:
    with pytest.raises(httpcore.ConnectError):
        Outside(resolve=lambda *_: [], inner=Net()).connect_tcp("name.example", 443)


def test_a_name_that_cannot_be_looked_up() -> None:
    def fail(_: str, __: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(httpcore.ConnectError):
        Outside(resolve=fail, inner=Net()).connect_tcp("name.example", 443)


@pytest.mark.parametrize("port", [22, 80, 8443])
def test_workflows_listen_on_no_other_port(port: int) -> None:
    with pytest.raises(NotOutside, match="port 443"):
        Outside(resolve=lambda *_: PUBLIC, inner=Net()).connect_tcp("name.example", port)


def test_the_machines_own_names_are_looked_up() -> None:
    assert set(look_up("localhost", 443)) <= {"127.0.0.1", "::1"}
