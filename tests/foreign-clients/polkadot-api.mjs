// A client of the chain in JavaScript, made with polkadot-api and without generated types: it reads all storage, constants, view
// functions and events, encodes every call of TickStream, and pays for a session.
//
// Reads {"url", "uri", "vectors"} as JSON from its standard input, and prints what it did as JSON. It knows the protocol from the book
// (docs/src/protocol) and everything else from the chain's metadata.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { Keyring } from "@polkadot/api";
import { hexToU8a, u8aToHex } from "@polkadot/util";
import { decAnyMetadata, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { createClient } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket } from "ws";
import { checkVectors, closeMessage, sessionId, tickChain, ticketMessage } from "./tickets.mjs";

const VLK = 10n ** 12n;
const PRICE = 10n ** 9n;
const MAX_TICKS = 60;
const LIFETIME = 500;
/** Blocks that are read at the same time. */
const READ_AT_ONCE = 32;
const BEST = { at: "best" };

const sr25519 = new Keyring({ type: "sr25519", ss58Format: 42 });
const enumOf = (type, value) => ({ type, value });
const signerOf = (pair) => getPolkadotSigner(pair.publicKey, "Sr25519", (message) => pair.sign(message));

/** What of this chain a scenario needs. */
class Client {
  constructor(client, metadata) {
    this.client = client;
    this.api = client.getUnsafeApi();
    this.pallets = metadata.pallets;
    this.lookup = metadata.lookup;
  }

  /** Sends a call, and returns its events of TickStream by name. */
  async do(pair, call) {
    const { ok, events, dispatchError } = await call.signAndSubmit(signerOf(pair));
    assert(
      ok,
      JSON.stringify(dispatchError, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
    );
    const own = events.filter(({ type }) => type === "TickStream");
    return Object.fromEntries(own.map(({ value }) => [value.type, value.value]));
  }

  /** The events, calls or errors of a pallet in the metadata. */
  variants(type) {
    return this.lookup[type].def.value;
  }
}

/** Pays for a session at the gateway of development chains, from the deposit to the close. */
async function watch({ api, client, ...self }, run, uri) {
  const [alice, gateway] = ["//Alice", "//Ferdie"].map((name) => sr25519.addFromUri(name));
  const wallet = sr25519.addFromUri(`${uri}//wallet`);
  const device = sr25519.addFromUri(`${uri}//device`);
  const stream = await api.query.TickStream.NextStream.getValue(BEST);
  await run(alice, api.tx.Balances.transfer_keep_alive({ dest: enumOf("Id", wallet.address), value: 100n * VLK }));
  const request = { price_per_tick: PRICE, preview_ticks: 0, gateway_share: 100_000, splits: [], metadata: new Uint8Array() };
  await run(wallet, api.tx.TickStream.create_stream({ request }));
  const block = await api.query.System.Number.getValue(BEST);
  const limits = {
    label: new TextEncoder().encode("polkadot-api"),
    max_price_per_tick: PRICE,
    allowance: VLK,
    renewal: { every_blocks: 100, amount: VLK },
    max_sessions: 1,
    scope: enumOf("Stream", stream),
    expires_at: block + LIFETIME,
  };
  const { KeyAdded } = await run(wallet, api.tx.TickStream.deposit({ amount: 5n * VLK, key: [device.address, limits] }));
  assert.deepEqual(KeyAdded.limits.scope, enumOf("Stream", stream));
  const key = await api.apis.TickStreamApi.key(wallet.address, device.address, BEST);
  const nonce = key.nonces.last + 1n;
  const genesis = hexToU8a((await client.getChainSpecData()).genesisHash);
  const id = sessionId(genesis, wallet.publicKey, device.publicKey, nonce);
  const chain = tickChain(id, new Uint8Array(randomBytes(32)), MAX_TICKS);
  const ticket = { nonce, stream, price_per_tick: PRICE, max_ticks: MAX_TICKS, expires_at: block + LIFETIME };
  const hex = { viewer: wallet.publicKey, session_key: device.publicKey, gateway: gateway.publicKey, anchor: chain[0] };
  const message = ticketMessage(genesis, {
    ...ticket,
    ...Object.fromEntries(Object.entries(hex).map(([name, bytes]) => [name, u8aToHex(bytes)])),
  });
  const sign = (pair, bytes) => enumOf("Sr25519", self.bytes(pair.sign(bytes)));
  const accounts = { viewer: wallet.address, session_key: device.address, gateway: gateway.address, anchor: self.bytes(chain[0]) };
  const claim = { session: self.bytes(id), from: 0, ticks: 30, proof: self.bytes(chain[30]) };
  const close = { session: self.bytes(id), signature: { by: enumOf("Gateway"), signature: sign(gateway, closeMessage(genesis, id)) } };
  const batch = {
    opens: [{ ticket: { ...ticket, ...accounts }, signature: sign(device, message) }],
    groups: [{ stream, gateway: gateway.address, claims: [claim] }],
    closes: [close],
  };
  const done = await run(alice, api.tx.TickStream.process_batch({ batch }));
  assert.deepEqual([done.SessionClosed.settled_ticks, done.SessionClosed.paid], [30, 30n * PRICE]);
  assert.deepEqual([done.SessionClosed.gateway, done.SessionClosed.reward], [gateway.address, 0n]);
  return {
    deposit: { amount: 1n, key: [device.address, limits] },
    limits,
    batch,
    ticket: batch.opens[0].ticket,
    claim,
    stream,
    account: wallet.address,
    request,
  };
}

/** Encodes every call of TickStream, and decodes it from its bytes. Returns the number of calls. */
async function encodeCalls({ api, pallets, variants }, { deposit, limits, batch, ticket, claim, stream, account, request }) {
  const text = new TextEncoder().encode("https://one.example");
  const withKey = { session_key: account, limits };
  const samples = {
    deposit,
    withdraw: { amount: 1n },
    add_key: withKey,
    remove_key: { session_key: account },
    create_stream: { request },
    update_stream: { stream, update: { ...request, price_per_tick: undefined } },
    set_stream_status: { stream, status: enumOf("Live") },
    end_stream: { stream },
    join_stream: { ticket },
    leave_stream: { sessions: [claim.session] },
    record_tick: claim,
    process_batch: { batch },
    payout: { account },
    tip: { stream, amount: 1n, memo: text },
    register_gateway: { endpoint: text, operator: account },
    update_gateway: { update: { endpoint: text, operator: undefined } },
    deregister_gateway: undefined,
    suspend_stream: { stream },
    resume_stream: { stream },
    set_protocol_fee: { fee: 10_000 },
    reap_deposit: { viewer: account },
    update_key: withKey,
    remove_all_keys: undefined,
    sweep_earnings: { account },
  };
  const names = variants(pallets.find(({ name }) => name === "TickStream").calls.type).map(({ name }) => name);
  assert.deepEqual(names.toSorted(), Object.keys(samples).toSorted(), "calls without a sample");
  for (const name of names) {
    const call = api.tx.TickStream[name](samples[name]);
    const encoded = await call.getEncodedData();
    const again = await api.txFromCallData(encoded);
    assert.equal(again.decodedCall.value.type, name);
    assert.equal(u8aToHex(await again.getEncodedData()), u8aToHex(encoded), name);
  }
  return names.length;
}

/** Reads every item of every pallet: all entries of maps, and the values of others. */
async function readStorage({ api, pallets }) {
  let items = 0;
  let values = 0;
  for (const { name: pallet, storage } of pallets) {
    for (const { name, type } of storage?.items ?? []) {
      const item = api.query[pallet][name];
      items += 1;
      values += type.tag === "plain" ? [await item.getValue(BEST)].length : (await item.getEntries(BEST)).length;
    }
  }
  return { storage_items: items, storage_values: values };
}

async function readConstants({ api, pallets }) {
  const found = pallets.flatMap(({ name, constants }) => constants.map((constant) => [name, constant.name]));
  for (const [pallet, constant] of found) assert.notEqual(await api.constants[pallet][constant](), undefined, `${pallet}.${constant}`);
  return found.length;
}

/** Asks every view function of TickStream. */
async function askViews({ api, pallets }, { account, stream, claim }) {
  const args = {
    stream: [stream],
    session: [claim.session],
    deposit_of: [account],
    key: [account, account],
    keys: [account],
    earnings: [account],
    gateway: [account],
    params: [],
  };
  const names = pallets.find(({ name }) => name === "TickStream").viewFns.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), Object.keys(args).toSorted(), "view functions without arguments");
  for (const name of names) await api.view.TickStream[name](...args[name], BEST);
  return names.length;
}

/** Decodes the events of every block, and says which events of TickStream were not among them. */
async function readBlocks({ api, client, pallets, variants }) {
  const { number: blocks } = await client.getFinalizedBlock();
  const unseen = new Set(variants(pallets.find(({ name }) => name === "TickStream").events.type).map(({ name }) => name));
  let events = 0;
  const read = async (number) => {
    const hash = await client._request("chain_getBlockHash", [number]);
    return (await api.query.System.Events.getValue({ at: hash })).map(({ event }) => event);
  };
  const numbers = Array.from({ length: blocks }, (_, index) => index + 1);
  while (numbers.length > 0) {
    for (const { type, value } of (await Promise.all(numbers.splice(0, READ_AT_ONCE).map(read))).flat()) {
      events += 1;
      if (type === "TickStream") unseen.delete(value.type);
    }
  }
  return { blocks, events, unseen_events: [...unseen].sort() };
}

async function main() {
  const { url, uri, vectors } = JSON.parse(await text(process.stdin));
  const vectorsChecked = checkVectors(vectors);
  const papi = createClient(getWsProvider(url, { websocketClass: WebSocket }));
  const { hash } = await papi.getFinalizedBlock();
  const client = new Client(papi, unifyMetadata(decAnyMetadata(await papi.getMetadata(hash))));
  const variants = (type) => client.variants(type);
  const parts = { api: client.api, client: papi, pallets: client.pallets, variants, bytes: (bytes) => u8aToHex(bytes) };
  const samples = await watch(parts, (pair, call) => client.do(pair, call), uri);
  const done = {
    vectors: vectorsChecked,
    calls: await encodeCalls(parts, samples),
    view_functions: await askViews(parts, samples),
    ...(await readStorage(parts)),
    constants: await readConstants(parts),
    ...(await readBlocks(parts)),
  };
  console.log(JSON.stringify(done));
  papi.destroy();
}

await main();
