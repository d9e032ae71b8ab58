"""A client of the chain in Python, made with substrate-interface: every call of TickStream, all storage, all events.

Reads {"url", "uri", "vectors"} as JSON from its standard input, and prints what it did as JSON. It knows the protocol from the book
(docs/src/protocol) and everything else from the chain's metadata. It fails if a call of TickStream in the metadata was not made, or if
anything cannot be decoded.
"""

import json
import os
import sys

from substrateinterface import Keypair, KeypairType, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException

import runtime_api
import tickets
from everything import read_everything
from tickets import to_hex

VLK = 10**12
PRICE = 10**9
SHARE_PPM = 100_000
MAX_TICKS = 60
ALLOWANCE = 5 * VLK
FEE_PPM = 10_000
# Blocks for which tickets and keys are valid here.
LIFETIME = 500


class Client:
    """Connection that signs calls, and notes which calls it has made."""

    def __init__(self, url):
        self.chain = SubstrateInterface(url=url, ss58_format=42, auto_reconnect=True)
        self.chain.init_runtime()
        self.genesis = tickets.unhex(self.chain.get_block_hash(0))
        self.methods = runtime_api.register(self.chain)
        self.made, self.asked = set(), set()

    def call(self, pallet, name, args):
        if pallet == "TickStream":
            self.made.add(name)
        return self.chain.compose_call(pallet, name, args)

    def send(self, signer, call):
        extrinsic = self.chain.create_signed_extrinsic(call, signer)
        return self.chain.submit_extrinsic(extrinsic, wait_for_inclusion=True)

    def do(self, signer, name, args=None, pallet="TickStream"):
        """Makes a call, and returns its events of TickStream as (name, attributes)."""
        receipt = self.send(signer, self.call(pallet, name, args or {}))
        assert receipt.is_success, f"{name}: {receipt.error_message}"
        return events_of(receipt)

    def sudo(self, root, name, args):
        """Makes a call as root."""
        receipt = self.send(root, self.chain.compose_call("Sudo", "sudo", {"call": self.call("TickStream", name, args)}))
        assert receipt.is_success, f"{name}: {receipt.error_message}"
        return events_of(receipt)

    def refused(self, signer, name, args, error):
        """Makes a call that fails with an error of TickStream, which is decoded by its name."""
        receipt = self.send(signer, self.call("TickStream", name, args))
        assert not receipt.is_success, f"{name} succeeds in place of {error}"
        assert receipt.error_message["name"] == error, f"{name}: {receipt.error_message} in place of {error}"
        assert receipt.error_message["docs"], f"{error} says nothing"

    def read(self, item, *params):
        return self.chain.query("TickStream", item, list(params)).value

    def ask(self, name, *params):
        """Asks the runtime API."""
        self.asked.add(name)
        return self.chain.runtime_call("TickStreamApi", name, list(params)).value

    def constant(self, name):
        return self.chain.get_constant("TickStream", name).value

    def block(self):
        return self.chain.get_block_number(None)


def events_of(receipt):
    records = [record.value["event"] for record in receipt.triggered_events]
    return [(event["event_id"], event["attributes"]) for event in records if event["module_id"] == "TickStream"]


def named(events, name):
    """Returns the attributes of the only event with this name."""
    found = [attributes for event, attributes in events if event == name]
    assert len(found) == 1, f"{len(found)} events {name} among {[event for event, _ in events]}"
    return found[0]


def key_of(uri):
    return Keypair.create_from_uri(uri, ss58_format=42)


def limits(client, scope, renewal=None, label="Python"):
    return {
        "label": label, "max_price_per_tick": PRICE, "allowance": ALLOWANCE, "renewal": renewal, "max_sessions": 2,
        "scope": scope, "expires_at": client.block() + LIFETIME,
    }


class Watch:
    """A ticket with its tick chain, signed by a session key, or made for the wallet if there is none."""

    def __init__(self, client, viewer, session_key, stream, gateway):
        signer = session_key or viewer
        if session_key:
            nonces = client.read("Keys", viewer.ss58_address, session_key.ss58_address)["nonces"]
        else:
            nonces = client.read("Deposits", viewer.ss58_address)["nonces"]
        nonce = nonces["last"] + 1
        self.id = tickets.session_id(client.genesis, viewer.public_key, signer.public_key, nonce)
        self.chain = tickets.tick_chain(self.id, os.urandom(32), MAX_TICKS)
        self.ticket = {
            "viewer": to_hex(viewer.public_key), "session_key": to_hex(signer.public_key), "nonce": nonce, "stream": stream,
            "gateway": to_hex(gateway.public_key), "price_per_tick": PRICE, "max_ticks": MAX_TICKS,
            "anchor": to_hex(self.chain[0]), "expires_at": client.block() + LIFETIME,
        }
        self.genesis, self.signer = client.genesis, signer

    def open(self):
        signature = self.signer.sign(tickets.ticket_message(self.genesis, self.ticket))
        return {"ticket": self.ticket, "signature": multi_signature(self.signer, signature)}

    def claim(self, settled, ticks):
        return {"session": to_hex(self.id), "from": settled, "ticks": ticks, "proof": to_hex(self.chain[ticks])}

    def close(self, by, signer):
        signature = multi_signature(signer, signer.sign(tickets.close_message(self.genesis, self.id)))
        return {"session": to_hex(self.id), "signature": {"by": by, "signature": signature}}


def bounded(items):
    """Returns a list for a field of the type BoundedVec, which this library takes for a tuple of one list."""
    return (list(items),)


def multi_signature(signer, signature):
    kind = {KeypairType.ED25519: "Ed25519", KeypairType.SR25519: "Sr25519"}[signer.crypto_type]
    return {kind: to_hex(signature)}


class Scenario:
    """One life of a stream: every call of TickStream, and what it changes."""

    def __init__(self, client, uri):
        self.client = client
        self.alice = key_of("//Alice")
        names = ["viewer", "creator", "gateway", "operator", "partner"]
        self.viewer, self.creator, self.gateway, self.operator, self.partner = [
            key_of(f"{uri}//{name}") for name in names
        ]
        self.device = Keypair.create_from_seed(to_hex(os.urandom(32)), ss58_format=42, crypto_type=KeypairType.ED25519)
        self.tablet = key_of(f"{uri}//tablet")

    def run(self):
        self.fund()
        self.register()
        self.publish()
        self.add_keys()
        self.ask_the_runtime()
        self.watch_with_a_key()
        self.watch_with_the_wallet()
        self.tip_and_earn()
        self.moderate()
        self.be_refused()
        self.leave()

    def fund(self):
        accounts = [self.viewer, self.creator, self.gateway, self.operator, self.partner]
        transfers = [
            self.client.chain.compose_call("Balances", "transfer_keep_alive", {"dest": key.ss58_address, "value": 500 * VLK})
            for key in accounts
        ]
        self.client.do(self.alice, "batch_all", {"calls": transfers}, pallet="Utility")

    def register(self):
        client, account = self.client, self.gateway.ss58_address
        client.do(self.gateway, "register_gateway", {"endpoint": "https://one.example", "operator": account})
        update = {"endpoint": "https://two.example", "operator": self.operator.ss58_address}
        event = named(client.do(self.gateway, "update_gateway", {"update": update}), "GatewayUpdated")
        assert event["value"]["endpoint"] == "https://two.example", event
        entry = client.read("Gateways", account)
        assert entry["operator"] == self.operator.ss58_address and entry["bond"] == client.constant("GatewayBond"), entry

    def publish(self):
        client = self.client
        request = {
            "price_per_tick": PRICE, "preview_ticks": 10, "gateway_share": SHARE_PPM,
            "splits": bounded([(self.partner.ss58_address, 250_000)]), "metadata": json.dumps({"title": "Python"}),
        }
        created = named(client.do(self.creator, "create_stream", {"request": request}), "StreamCreated")
        self.stream = created["stream"]
        update = {"price_per_tick": None, "preview_ticks": 20, "gateway_share": None, "splits": None, "metadata": None}
        client.do(self.creator, "update_stream", {"stream": self.stream, "update": update})
        client.do(self.creator, "set_stream_status", {"stream": self.stream, "status": "Live"})
        stream = client.read("Streams", self.stream)
        assert (stream["preview_ticks"], stream["status"], stream["price_per_tick"]) == (20, "Live", PRICE), stream
        assert client.read("NextStream") > self.stream

    def add_keys(self):
        client, viewer = self.client, self.viewer.ss58_address
        device, tablet = self.device.ss58_address, self.tablet.ss58_address
        key = (device, limits(client, {"Stream": self.stream}))
        events = client.do(self.viewer, "deposit", {"amount": 20 * VLK, "key": key})
        assert named(events, "KeyAdded")["limits"]["scope"] == {"Stream": self.stream}, events
        renewal = {"every_blocks": 100, "amount": VLK}
        client.do(self.viewer, "add_key", {"session_key": tablet, "limits": limits(client, "Any", renewal)})
        changed = limits(client, {"Gateway": self.gateway.ss58_address}, label="Tablet")
        client.do(self.viewer, "update_key", {"session_key": tablet, "limits": changed})
        keys = {key.value: entry.value for key, entry in client.chain.query_map("TickStream", "Keys", [viewer])}
        assert set(keys) == {device, tablet}, keys
        assert keys[tablet]["label"] == "Tablet" and keys[tablet]["allowance"]["generation"] == 1, keys
        named(client.do(self.viewer, "remove_key", {"session_key": tablet}), "KeyRemoved")
        deposit, bond = client.read("Deposits", viewer), client.constant("StorageBond")
        assert (deposit["keys"], deposit["free"], deposit["bond"]) == (1, 20 * VLK - 2 * bond, bond), deposit

    def ask_the_runtime(self):
        """Every method of the runtime API: its answers are what the storage has."""
        client, viewer, device = self.client, self.viewer.ss58_address, self.device.ss58_address
        gateway, creator = self.gateway.ss58_address, self.creator.ss58_address
        assert client.ask("params")["open_fee"] == client.constant("OpenFee")
        assert client.ask("stream", self.stream) == client.read("Streams", self.stream)
        assert client.ask("deposit", viewer) == client.read("Deposits", viewer)
        key = client.read("Keys", viewer, device)
        assert client.ask("key", viewer, device) == key and client.ask("keys", viewer) == [(device, key)]
        assert client.ask("gateway", gateway) == client.read("Gateways", gateway)
        assert client.ask("earnings", creator) == client.read("Earnings", creator)
        page = client.ask("streams", self.stream, 1)
        assert page["streams"] == [(self.stream, client.read("Streams", self.stream))], page
        watch = Watch(client, self.viewer, self.device, self.stream, self.gateway)
        unknown = {"session": to_hex(watch.id), "signature": None}
        rows = {"opens": bounded([watch.open()]), "groups": bounded([]), "closes": bounded([])}
        good = client.ask("check_batch", rows)
        assert [(row["kind"], row["result"]) for row in good] == [("Open", "Ok")], good
        bad = client.ask("check_batch", rows | {"opens": bounded([]), "closes": bounded([unknown])})
        assert [(row["kind"], row["result"]) for row in bad] == [("Close", {"Err": "SessionUnknown"})], bad
        assert client.ask("session", to_hex(watch.id)) is None
        assert isinstance(client.ask("outcomes"), list)

    def batch(self, signer, opens=(), claims=(), closes=()):
        group = {"stream": self.stream, "gateway": self.gateway.ss58_address, "claims": bounded(claims)}
        groups = [group] if claims else []
        batch = {"opens": bounded(opens), "groups": bounded(groups), "closes": bounded(closes)}
        return self.client.do(signer, "process_batch", {"batch": batch})

    def watch_with_a_key(self):
        """A session of the session key: opened, settled by a claim, a single tick and another claim, and closed by the gateway."""
        client, fee = self.client, self.client.constant("OpenFee")
        watch = Watch(client, self.viewer, self.device, self.stream, self.gateway)
        opened = named(self.batch(self.operator, opens=[watch.open()]), "SessionOpened")
        assert (opened["session"], opened["fee"]) == (to_hex(watch.id), fee), opened
        assert opened["session_key"] == self.device.ss58_address, opened
        session = client.read("Sessions", to_hex(watch.id))
        assert session["key"]["session_key"] == self.device.ss58_address and session["head"] == to_hex(watch.chain[0]), session
        assert named(self.batch(self.operator, claims=[watch.claim(0, 20)]), "TicksSettled")["settled_ticks"] == 20
        args = watch.claim(20, 45)
        assert named(client.do(self.alice, "record_tick", args), "TicksSettled")["paid"] == 25 * PRICE
        wrong = {"session": to_hex(bytes(16)), "signature": None}
        last = self.batch(self.operator, claims=[watch.claim(45, 50)], closes=[watch.close("Gateway", self.gateway), wrong])
        closed, failed = named(last, "SessionClosed"), named(last, "RowFailed")
        assert (failed["kind"], failed["error"]) == ("Close", "SessionUnknown"), failed
        assert (closed["settled_ticks"], closed["paid"]) == (50, 50 * PRICE), closed
        assert (closed["refunded"], closed["fee"]) == ((MAX_TICKS - 50) * PRICE, fee), closed
        assert (closed["gateway"], closed["reward"]) == (self.gateway.ss58_address, 0), closed
        key = client.read("Keys", self.viewer.ss58_address, self.device.ss58_address)
        assert (key["spent"], key["allowance"]["left"]) == (50 * PRICE + fee, ALLOWANCE - 50 * PRICE - fee), key

    def watch_with_the_wallet(self):
        """Sessions that the wallet and the session key begin to close, and that the gateway's operator removes."""
        client = self.client
        watch = Watch(client, self.viewer, None, self.stream, self.gateway)
        opened = named(client.do(self.viewer, "join_stream", {"ticket": watch.ticket}), "SessionOpened")
        assert (opened["session"], opened["session_key"]) == (to_hex(watch.id), self.viewer.ss58_address), opened
        named(client.do(self.viewer, "leave_stream", {"sessions": bounded([to_hex(watch.id)])}), "SessionClosing")
        second = Watch(client, self.viewer, self.device, self.stream, self.gateway)
        named(self.batch(self.alice, opens=[second.open()], closes=[second.close("SessionKey", self.device)]), "SessionClosing")
        closes = [watch.close("Operator", self.operator), second.close("Operator", self.operator)]
        assert named(self.batch(self.alice, closes=closes), "BatchProcessed")["closed"] == 2

    def tip_and_earn(self):
        client = self.client
        tip = {"stream": self.stream, "amount": VLK, "memo": "Hello from Python"}
        assert named(client.do(self.viewer, "tip", tip), "Tipped")["memo"] == "Hello from Python"
        earned = client.read("Earnings", self.creator.ss58_address)
        paid = named(client.do(self.alice, "payout", {"account": self.creator.ss58_address}), "PaidOut")
        assert paid["amount"] == earned > 0, paid
        named(client.do(self.viewer, "withdraw", {"amount": VLK}), "Withdrawn")

    def moderate(self):
        client, stream = self.client, {"stream": self.stream}
        suspended = named(client.do(self.alice, "suspend_stream", stream), "StreamStatusChanged")
        assert suspended["status"] == "Suspended", suspended
        assert named(client.sudo(self.alice, "resume_stream", stream), "StreamStatusChanged")["status"] == "Offline"
        assert named(client.sudo(self.alice, "set_protocol_fee", {"fee": FEE_PPM}), "ProtocolFeeSet")["fee"] == FEE_PPM
        assert client.read("ProtocolFee") == FEE_PPM

    def be_refused(self):
        """Calls that this scenario cannot carry out, and one of the usual mistakes: their errors have names."""
        client = self.client
        client.refused(self.alice, "reap_deposit", {"viewer": self.viewer.ss58_address}, "DepositInUse")
        client.refused(self.alice, "sweep_earnings", {"account": self.gateway.ss58_address}, "EarningsPayable")
        client.refused(self.viewer, "withdraw", {"amount": 1_000 * VLK}, "FundsTooLow")

    def leave(self):
        client = self.client
        named(client.do(self.viewer, "remove_all_keys"), "KeyRemoved")
        assert client.read("Deposits", self.viewer.ss58_address)["keys"] == 0
        ended = client.do(self.creator, "end_stream", {"stream": self.stream})
        assert {name for name, _ in ended} >= {"StreamEnded", "StreamRemoved"}, ended
        assert client.read("Streams", self.stream) is None
        left = client.do(self.gateway, "deregister_gateway")
        assert {name for name, _ in left} >= {"GatewayLeaving", "GatewayLeft"}, left
        assert client.read("Gateways", self.gateway.ss58_address) is None


def main():
    order = json.load(sys.stdin)
    checked = tickets.check_vectors(order["vectors"])
    client = Client(order["url"])
    try:
        Scenario(client, order["uri"]).run()
    except SubstrateRequestException as error:
        raise SystemExit(f"the node refuses a request: {error}") from error
    pallets = client.chain.get_metadata().pallets
    calls = {call.name for pallet in pallets if pallet.name == "TickStream" for call in pallet.calls}
    assert client.made == calls, f"calls that were not made: {sorted(calls - client.made)}"
    assert client.asked == set(client.methods), f"methods that were not asked: {client.methods}"
    used = {"vectors": checked, "calls": len(calls), "runtime_apis": len(client.methods)}
    print(json.dumps(used | read_everything(client.chain)))


if __name__ == "__main__":
    main()
