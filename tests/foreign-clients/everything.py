"""Reads all that a chain has, by its metadata: storage, constants, events and extrinsics; and encodes a sample of every call."""

from scalecodec.base import ScaleBytes


def read_everything(chain):
    """Returns how much was read of each kind."""
    storage = read_storage(chain)
    return {
        "storage_items": storage[0],
        "storage_values": storage[1],
        "constants": read_constants(chain),
        "encoded_calls": encode_calls(chain),
    } | read_blocks(chain)


def read_storage(chain):
    """Reads every item of every pallet: all entries of maps, and the values of others. Returns the number of items and values."""
    items = values = 0
    for pallet in chain.get_metadata().pallets:
        for item in pallet.storage or []:
            if item.name.startswith(":"):
                continue  # Added by the library.
            items += 1
            if not item.get_params_type_string():
                chain.query(pallet.name, item.name)
                values += 1
                continue
            for _, value in chain.query_map(pallet.name, item.name, page_size=200):
                assert value is not None, f"{pallet.name}.{item.name}"
                values += 1
    return items, values


def read_constants(chain):
    found = [(p.name, c.name) for p in chain.get_metadata().pallets for c in p.constants or []]
    for pallet, constant in found:
        assert chain.get_constant(pallet, constant) is not None, f"{pallet}.{constant}"
    return len(found)


def read_blocks(chain):
    """Decodes the events and the extrinsics of every block, and says which events of TickStream were not among them."""
    events, extrinsics, best = 0, 0, chain.get_block_number(None)
    unseen = {event.name for pallet in chain.get_metadata().pallets if pallet.name == "TickStream" for event in pallet.events}
    for number in range(1, best + 1):
        block_hash = chain.get_block_hash(number)
        for record in chain.get_events(block_hash):
            event = record.value["event"]
            events += 1
            if event["module_id"] == "TickStream":
                unseen.discard(event["event_id"])
        extrinsics += len(chain.get_block(block_hash)["extrinsics"])
    return {"blocks": best, "events": events, "unseen_events": sorted(unseen), "extrinsics": extrinsics}


def encode_calls(chain):
    """Encodes a sample of every call of every pallet, and decodes it again to its last byte. Returns the number of calls."""
    sampler, count = Sampler(chain), 0
    for pallet in chain.get_metadata().pallets:
        for call in pallet.calls or []:
            args = {arg.name: sampler.sample(arg.type) for arg in call.args}
            encoded = chain.compose_call(pallet.name, call.name, args).data.data
            decoded = chain.create_scale_object("Call")
            decoded.decode(ScaleBytes(encoded), check_remaining=True)
            again = decoded.value
            assert (again["call_module"], again["call_function"]) == (pallet.name, call.name), again
            assert [arg["name"] for arg in again["call_args"]] == list(args), again
            count += 1
    return count


class Sampler:
    """Maker of values of the metadata's types, as small as possible."""

    def __init__(self, chain):
        self.types = [entry.value["type"] for entry in chain.get_metadata().portable_registry["types"]]

    def sample(self, type_string):
        return self.of(int(type_string.removeprefix("scale_info::")))

    def of(self, number):
        path, (kind, definition) = self.types[number]["path"], next(iter(self.types[number]["def"].items()))
        if path[-1:] == ["RuntimeCall"]:
            return {"call_module": "System", "call_function": "remark", "call_args": {"remark": "0x00"}}
        if path[-1:] in (["AccountId32"], ["MultiAddress"]):
            return "0x" + "11" * 32
        if path == ["Option"]:
            return None
        return getattr(self, kind)(definition)

    def composite(self, definition):
        return self.fields(definition["fields"])

    def fields(self, fields):
        if not fields:
            return None
        if all(field["name"] for field in fields):
            return {field["name"]: self.of(field["type"]) for field in fields}
        values = tuple(self.of(field["type"]) for field in fields)
        # A single field is written without a tuple, unless it is a list.
        return values[0] if len(values) == 1 and not isinstance(values[0], (list, tuple)) else values

    def variant(self, definition):
        simplest = min(definition["variants"], key=lambda variant: (len(variant["fields"]), variant["index"]))
        if not simplest["fields"]:
            return simplest["name"]
        return {simplest["name"]: self.fields(simplest["fields"])}

    def sequence(self, _):
        return []

    def array(self, definition):
        element = self.types[definition["type"]]["def"]
        if element == {"primitive": "u8"}:
            return "0x" + "22" * definition["len"]
        return [self.of(definition["type"])] * definition["len"]

    def tuple(self, members):
        return tuple(self.of(member) for member in members)

    def primitive(self, name):
        return {"bool": False, "str": "text"}.get(name, 1)

    def compact(self, definition):
        return 1 if "primitive" in self.types[definition["type"]]["def"] else self.of(definition["type"])

    def bitsequence(self, _):
        return "0b0"
