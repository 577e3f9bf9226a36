import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.transport.seal import VALID_MS, Head, Nonces, Seal, SealError

HOST = "127.0.0.1:4711"
A, B = Seal("a" * 43), Seal("b" * 43)


def begun(method: str = "POST", path: str = "/v1/check/url") -> tuple[Head, str]:
    return A.begin(method, path, HOST)


def read(authorization: str, method: str = "POST", path: str = "/v1/check/url", host: str = HOST, off: int = 0) -> Head:
    sent = begun()[0].sent_ms
    return A.read_head(method, path, host, authorization, sent + off)


@given(st.binary(max_size=2000), st.binary(max_size=2000), st.integers(100, 599))
def test_there_and_back(body: bytes, answer: bytes, status: int) -> None:
    head, authorization = begun()
    seen = read(authorization)
    assert seen == head
    assert A.open_body(seen, A.close_body(head, body)) == body
    assert A.open_answer(head, status, A.close_answer(seen, status, answer)) == answer


@given(st.data())
def test_no_bit_may_change(data: st.DataObject) -> None:
    head, _ = begun()
    for sealed, opened in (
        (A.close_body(head, b"{}"), lambda text: A.open_body(head, text)),
        (A.close_answer(head, 200, b"{}"), lambda text: A.open_answer(head, 200, text)),
    ):
        place = data.draw(st.integers(0, len(sealed) * 8 - 1))
        spoilt = bytearray(sealed)
        spoilt[place // 8] ^= 1 << place % 8
        with pytest.raises(SealError):
            opened(bytes(spoilt))
        with pytest.raises(SealError):
            opened(sealed[: data.draw(st.integers(0, len(sealed) - 1))])


def test_bound_to_one_request() -> None:
    (one, _), (two, _) = begun(), begun()
    assert one.nonce != two.nonce
    with pytest.raises(SealError):
        A.open_body(two, A.close_body(one, b"{}"))
    answer = A.close_answer(one, 200, b"{}")
    for head, status in ((two, 200), (one, 400)):
        with pytest.raises(SealError):
            A.open_answer(head, status, answer)
    with pytest.raises(SealError):
        B.open_answer(one, 200, answer)
    with pytest.raises(SealError):  # what was asked is no answer
        A.open_answer(one, 200, one.nonce + A.close_body(one, b"{}"))


def test_a_head_for_another_request() -> None:
    _, authorization = begun()
    read(authorization)
    for other in (
        {"method": "GET"},
        {"path": "/v1/check/page"},
        {"host": "127.0.0.1:4712"},
        {"off": VALID_MS + 5000},
        {"off": -VALID_MS - 5000},
    ):
        with pytest.raises(SealError):
            read(authorization, **other)  # type: ignore[arg-type]
    with pytest.raises(SealError):
        read(B.begin("POST", "/v1/check/url", HOST)[1])


@given(st.one_of(st.text(max_size=120), st.binary(max_size=80).map(lambda raw: "Guetteur " + raw.hex())))
def test_anything_else_is_no_head(text: str) -> None:
    with pytest.raises(SealError):
        read(text)


def test_each_nonce_once_for_as_long_as_it_is_valid() -> None:
    nonces, (head, _) = Nonces(), begun()
    now = head.sent_ms
    assert nonces.is_new(head, now)
    others = [begun()[0] for _ in range(100)]
    assert all(nonces.is_new(other, now + 1) for other in others)
    assert not nonces.is_new(head, now + 2 * VALID_MS)
    assert nonces.is_new(begun()[0], now + 2 * VALID_MS + 2)
    assert len(nonces._seen) == 1, "what can no longer be valid is forgotten"
