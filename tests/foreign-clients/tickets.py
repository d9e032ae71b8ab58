"""Session ids, tick chains, tickets and closes, written from docs/src/protocol/bytes.md, and their check against the golden vectors."""

import hashlib
import json
from pathlib import Path

from substrateinterface import Keypair, KeypairType

KINDS = {"ed25519": (0, KeypairType.ED25519), "sr25519": (1, KeypairType.SR25519)}


def blake2b(data, size):
    return hashlib.blake2b(data, digest_size=size).digest()


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


def to_hex(data):
    return "0x" + data.hex()


def session_id(genesis, viewer, session_key, nonce):
    return blake2b(b"vilokanam/session/v2" + genesis + viewer + session_key + nonce.to_bytes(8, "little"), 16)


def tick_chain(session, seed, length):
    """Returns the elements of a tick chain: number 0 is the anchor, number i proves tick i."""
    elements = [seed]
    for _ in range(length):
        elements.append(blake2b(b"vilokanam/tick/v1" + session + elements[-1], 32))
    return elements[::-1]


def encode_ticket(ticket):
    return b"".join([
        unhex(ticket["viewer"]),
        unhex(ticket["session_key"]),
        int(ticket["nonce"]).to_bytes(8, "little"),
        int(ticket["stream"]).to_bytes(8, "little"),
        unhex(ticket["gateway"]),
        int(ticket["price_per_tick"]).to_bytes(16, "little"),
        ticket["max_ticks"].to_bytes(4, "little"),
        unhex(ticket["anchor"]),
        ticket["expires_at"].to_bytes(4, "little"),
    ])


def ticket_message(genesis, ticket):
    return b"vilokanam/ticket/v2" + genesis + encode_ticket(ticket)


def close_message(genesis, session):
    return b"vilokanam/close/v1" + genesis + session


def check_vectors(folder):
    """Checks this module against the golden vectors. Returns the number of values compared."""

    def read(name):
        return json.loads((Path(folder) / name).read_text())

    checked = 0

    def same(made, expected, what):
        nonlocal checked
        assert made == expected, f"{what}: {to_hex(made)} instead of {to_hex(expected)}"
        checked += 1

    for case in read("session_ids.json")["cases"]:
        accounts = unhex(case["viewer"]), unhex(case["session_key"])
        same(session_id(unhex(case["genesis"]), *accounts, int(case["nonce"])), unhex(case["session_id"]), "session id")
    for chain in read("tick_chain.json")["chains"]:
        elements = tick_chain(unhex(chain["session_id"]), unhex(chain["seed"]), chain["length"])
        same(b"".join(elements), b"".join(map(unhex, chain["elements"])), "tick chain")
    for case in read("tickets.json")["cases"]:
        same(encode_ticket(case["ticket"]), unhex(case["encoded"]), f"ticket {case['name']}")
        same(ticket_message(unhex(case["genesis"]), case["ticket"]), unhex(case["message"]), f"message {case['name']}")
    for case in read("closes.json")["cases"]:
        made = close_message(unhex(case["genesis"]), unhex(case["session_id"]))
        same(made, unhex(case["message"]), "close")
    for case in read("tickets.json")["cases"]:
        checked += check_signature(case)
    return checked


def check_signature(case):
    """Verifies a ticket's signature, and that it is refused for another message. Returns the number of checks."""
    if case["signature"] is None or case["signature"]["kind"] not in KINDS:
        return 0
    kind = case["signature"]["kind"]
    index, crypto_type = KINDS[kind]
    signature = unhex(case["signature"]["multi_signature"])
    assert signature[0] == index, case["name"]
    signer = Keypair(public_key=unhex(case["ticket"]["session_key"]), ss58_format=42, crypto_type=crypto_type)
    message = unhex(case["message"])
    assert signer.verify(message, signature[1:]), f"{case['name']}: the signature is refused"
    assert not signer.verify(message + b"!", signature[1:]), f"{case['name']}: the signature fits another message"
    return 2
