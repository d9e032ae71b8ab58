"""The runtime API of TickStream for substrate-interface, which reads version 14 of the metadata: that has no runtime APIs.

Types that storage, calls or events use are found by their names. The others are written from docs/src/protocol/calls.md and rules.md.
"""

AMOUNTS = ["min_price", "min_deposit", "stream_deposit", "gateway_bond", "open_fee", "storage_bond"]
NUMBERS = [
    "protocol_fee", "submitter_share", "max_prepaid_ticks", "close_period", "gateway_silence", "notice", "ticket_lifetime",
]


def register(chain):
    """Makes `chain.runtime_call("TickStreamApi", …)` possible."""
    known = {}
    for entry in chain.get_metadata().portable_registry["types"]:
        path = entry.value["type"]["path"]
        if path[:1] == ["tick_stream_primitives"] or path == ["sp_core", "crypto", "AccountId32"]:
            known[path[-1]] = f"scale_info::{entry.value['id']}"
    session, account = known["SessionId"], known["AccountId32"]
    types = {
        "TickStreamParams": struct([(name, "u128") for name in AMOUNTS] + [(name, "u32") for name in NUMBERS]),
        "TickStreamPage": struct([("streams", f"Vec<(u64, {known['Stream']})>"), ("next", "Option<u64>")]),
        "TickStreamVerdict": struct([
            ("kind", known["RowKind"]), ("index", "u32"), ("result", "TickStreamResult"),
        ]),
        "TickStreamResult": {"type": "enum", "type_mapping": [["Ok", "Null"], ["Err", known["RowError"]]]},
        "TickStreamOutcome": {
            "type": "enum",
            "type_mapping": [["Opened", session], ["Settled", f"({session}, u32)"], ["Closing", session], ["Closed", session]],
        },
    }
    methods = {
        "params": method("TickStreamParams"),
        "stream": method(f"Option<{known['Stream']}>", id="u64"),
        "streams": method("TickStreamPage", **{"from": "u64", "limit": "u32"}),
        "session": method(f"Option<{known['Session']}>", id=session),
        "deposit": method(f"Option<{known['Deposit']}>", viewer=account),
        "key": method(f"Option<{known['SessionKey']}>", viewer=account, session_key=account),
        "keys": method(f"Vec<({account}, {known['SessionKey']})>", viewer=account),
        "earnings": method("u128", account=account),
        "gateway": method(f"Option<{known['Gateway']}>", account=account),
        "check_batch": method("Vec<TickStreamVerdict>", batch=known["Batch"]),
        "outcomes": method("Vec<TickStreamOutcome>"),
    }
    chain.runtime_config.type_registry["runtime_api"]["TickStreamApi"] = {"methods": methods, "types": types}
    return sorted(methods)


def struct(fields):
    return {"type": "struct", "type_mapping": [list(field) for field in fields]}


def method(answer, **params):
    return {"description": "", "params": [{"name": name, "type": kind} for name, kind in params.items()], "type": answer}
