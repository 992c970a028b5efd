"""What a simulated tab makes of bytes: frames, message numbers, who has what."""

import pytest

from benchmarks.fanout.systems import SharedStateRival, body, numbers
from benchmarks.fanout.tally import Tally
from benchmarks.fanout.websocket import TEXT, frame, split_frames


def server_frame(payload: bytes) -> bytes:
    masked = frame(TEXT, payload)
    at = masked.index(b"\0\0\0\0" + payload)
    return bytes([masked[0], masked[1] & 0x7F]) + masked[2:at] + payload


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_class_come_out_whole(size: int) -> None:
    payload = b"x" * size
    assert split_frames(server_frame(payload) + server_frame(b"y")) == (
        [(TEXT, payload), (TEXT, b"y")],
        b"",
    )


def test_a_frame_cut_anywhere_waits_for_its_rest() -> None:
    whole = server_frame(b"z" * 300)
    for cut in range(len(whole)):
        frames, rest = split_frames(whole[:cut])
        assert frames == []
        assert split_frames(rest + whole[cut:]) == ([(TEXT, b"z" * 300)], b"")


def test_a_fragment_is_refused_rather_than_miscounted() -> None:
    with pytest.raises(ValueError, match="fragment"):
        split_frames(bytes([TEXT, 1]) + b"a")


def test_every_message_number_in_a_frame_is_found() -> None:
    assert numbers(f'42["x",[{{"body":"{body(7)}"}},{{"body":"{body(123456)}"}}]]'.encode()) == [7, 123456]


def test_a_reflex_tab_has_joined_when_the_page_is_hydrated() -> None:
    tab = SharedStateRival()
    assert tab.joined(b'42/_event,["event",{"delta":{"s":{"is_hydrated_rx_state_":true}}}]')
    assert not tab.joined(b'42/_event,["event",{"delta":{"s":{"is_hydrated_rx_state_":false}}}]')


async def test_a_message_is_complete_when_the_last_tab_has_it() -> None:
    tally = Tally(2)
    complete = tally.expect(1)
    assert tally.arrived(0, 1)
    assert not complete.done()
    assert tally.arrived(1, 1)
    assert complete.result() == tally.last_at
    assert tally.deliveries == 2
    assert tally.faults() is None


async def test_lost_and_repeated_deliveries_are_faults() -> None:
    tally = Tally(2)
    tally.expect(1)
    assert tally.arrived(0, 1)
    assert not tally.arrived(0, 1)
    assert tally.faults() == "1 deliveries never arrived, 1 deliveries were repeated"


async def test_a_resent_window_counts_each_message_once() -> None:
    tally = Tally(1, repeats_allowed=True)
    tally.expect(1)
    tally.arrived(0, 1)
    tally.arrived(0, 1)
    assert tally.deliveries == 1
    assert tally.faults() is None


async def test_messages_of_earlier_phases_are_left_out() -> None:
    tally = Tally(1)
    tally.expect(2)
    assert not tally.arrived(0, 1)
    assert tally.deliveries == 0
