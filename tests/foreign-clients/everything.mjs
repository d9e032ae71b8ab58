// Reads all that a chain has, by its metadata: storage, constants, events and extrinsics; and encodes a sample of every call.

import assert from "node:assert/strict";

const isOwn = (pallet) => !pallet.startsWith("$");

/** Returns how much was read of each kind. */
export async function readEverything(api) {
  return {
    ...(await readStorage(api)),
    constants: readConstants(api),
    encoded_calls: encodeCalls(api),
    ...(await readBlocks(api)),
  };
}

/** Reads every item of every pallet: all entries of maps, and the values of others. */
async function readStorage(api) {
  let items = 0;
  let values = 0;
  for (const pallet of api.runtimeMetadata.asLatest.pallets) {
    for (const { name, type } of pallet.storage.unwrapOr({ items: [] }).items) {
      const item = entryOf(api.query, pallet.name, name);
      items += 1;
      values += type.isPlain ? [await item()].length : (await item.entries()).length;
    }
  }
  return { storage_items: items, storage_values: values };
}

/** The entry for a name of the metadata, which this library writes in camelCase. */
function entryOf(section, pallet, name) {
  const camel = (text) => text.toString().replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase());
  const found = Object.entries(section[camel(pallet)] ?? {}).find(
    ([key]) => key.toLowerCase() === name.toString().replaceAll("_", "").toLowerCase(),
  );
  assert(found, `${pallet}.${name} is not known to the library`);
  return found[1];
}

function readConstants(api) {
  let count = 0;
  for (const pallet of api.runtimeMetadata.asLatest.pallets) {
    for (const { name } of pallet.constants) {
      assert(entryOf(api.consts, pallet.name, name).toHex, `${pallet.name}.${name}`);
      count += 1;
    }
  }
  return count;
}

/** Decodes the events and the extrinsics of every block, and says which events of TickStream were not among them. */
async function readBlocks(api) {
  const blocks = (await api.rpc.chain.getHeader()).number.toNumber();
  const pallet = api.runtimeMetadata.asLatest.pallets.find(({ name }) => name.eq("TickStream"));
  const { variants } = api.registry.lookup.getSiType(pallet.events.unwrap().type).def.asVariant;
  const unseen = new Set(variants.map(({ name }) => name.toString()));
  let events = 0;
  let extrinsics = 0;
  for (let number = 1; number <= blocks; number += 1) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const [records, { block }] = await Promise.all([(await api.at(hash)).query.system.events(), api.rpc.chain.getBlock(hash)]);
    for (const { event } of records) {
      events += 1;
      if (event.section === "tickStream") unseen.delete(event.method);
    }
    extrinsics += block.extrinsics.length;
  }
  return { blocks, events, unseen_events: [...unseen].sort(), extrinsics };
}

/** Encodes a sample of every call of every pallet, decodes it again, and compares. Returns the number of calls. */
function encodeCalls(api) {
  let count = 0;
  for (const [pallet, calls] of Object.entries(api.tx).filter(([name]) => isOwn(name))) {
    for (const [name, call] of Object.entries(calls)) {
      const args = call.meta.fields.map(({ type }) => sampleOf(api, type));
      const encoded = call(...args).method;
      const decoded = api.registry.createType("Call", encoded.toU8a());
      assert.deepEqual([decoded.section, decoded.method], [pallet, name]);
      assert.equal(decoded.toHex(), encoded.toHex(), `${pallet}.${name}`);
      count += 1;
    }
  }
  return count;
}

/** The smallest value of a type of the metadata; of a call, a remark. */
function sampleOf(api, id) {
  const { lookupName } = api.registry.lookup.getTypeDef(id);
  const isCall = lookupName !== undefined && /RuntimeCall$/.test(lookupName);
  return isCall ? api.tx.system.remark("0x00") : api.registry.createType(api.registry.createLookupType(id));
}
