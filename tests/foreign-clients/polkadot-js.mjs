// A client of the chain in JavaScript, made with @polkadot/api: every call of TickStream, all storage, all events.
//
// Reads {"url", "uri", "vectors"} as JSON from its standard input, and prints what it did as JSON. It knows the protocol from the book
// (docs/src/protocol) and everything else from the chain's metadata. It fails if a call or a runtime API of TickStream in the metadata
// was not used, or if anything cannot be decoded.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { stringCamelCase, u8aToHex } from "@polkadot/util";
import { readEverything } from "./everything.mjs";
import { checkVectors, closeMessage, sessionId, tickChain, ticketMessage } from "./tickets.mjs";

const VLK = 10n ** 12n;
const PRICE = 10n ** 9n;
const SHARE_PPM = 100_000;
const MAX_TICKS = 60;
const ALLOWANCE = 5n * VLK;
const FEE_PPM = 10_000;
/** Blocks for which tickets and keys are valid here. */
const LIFETIME = 500;

/** Connection that signs calls, and notes what it has used of TickStream. */
class Client {
  made = new Set();
  asked = new Set();

  constructor(api) {
    this.api = api;
    this.genesis = api.genesisHash.toU8a();
  }

  call(name, ...args) {
    this.made.add(name);
    return this.api.tx.tickStream[name](...args);
  }

  /** Sends a call. Returns its events of TickStream, and the error if it fails. */
  send(signer, call) {
    return new Promise((resolve, reject) => {
      const onStatus = ({ status, events, dispatchError, isError }) => {
        if (isError) reject(new Error(`${call.method.method}: ${status.type}`));
        if (!status.isInBlock) return;
        const own = events.map(({ event }) => event).filter(({ section }) => section === "tickStream" || section === "sudo");
        resolve({ events: own, error: this.errorOf(dispatchError) });
      };
      call.signAndSend(signer, { nonce: -1 }, onStatus).catch(reject);
    });
  }

  errorOf(dispatchError) {
    if (dispatchError === undefined) return null;
    return dispatchError.isModule ? this.api.registry.findMetaError(dispatchError.asModule) : { name: dispatchError.type };
  }

  async do(signer, name, ...args) {
    const { events, error } = await this.send(signer, this.call(name, ...args));
    assert.equal(error, null, `${name}: ${error?.name}`);
    return events;
  }

  async sudo(root, name, ...args) {
    const { events, error } = await this.send(root, this.api.tx.sudo.sudo(this.call(name, ...args)));
    assert.equal(error, null, `${name}: ${error?.name}`);
    assert(named(events, "Sudid").sudoResult.isOk, `${name} fails as root`);
    return events;
  }

  /** Makes a call that fails with an error of TickStream, which is decoded by its name. */
  async refused(signer, expected, name, ...args) {
    const { error } = await this.send(signer, this.call(name, ...args));
    assert.equal(error?.name, expected, `${name}`);
    assert(error.docs.length > 0, `${expected} says nothing`);
  }

  read(item, ...keys) {
    return this.api.query.tickStream[item](...keys);
  }

  /** Asks the runtime API. */
  ask(name, ...args) {
    this.asked.add(name);
    return this.api.call.tickStreamApi[name](...args);
  }

  constant(name) {
    return this.api.consts.tickStream[name].toBigInt();
  }

  async block() {
    return (await this.api.rpc.chain.getHeader()).number.toNumber();
  }
}

/** The fields of the only event with this name. */
function named(events, name) {
  const found = events.filter(({ method }) => method === name);
  assert.equal(found.length, 1, `${found.length} events ${name} among ${events.map(({ method }) => method)}`);
  return found[0].data;
}

async function limits(client, scope, { renewal = null, label = "JavaScript" } = {}) {
  const expires_at = (await client.block()) + LIFETIME;
  return { label, max_price_per_tick: PRICE, allowance: ALLOWANCE, renewal, max_sessions: 2, scope, expires_at };
}

/** A ticket with its tick chain, signed by a session key, or made for the wallet if there is none. */
class Watch {
  static async prepare(client, viewer, sessionKey, stream, gateway) {
    const watch = new Watch();
    watch.signer = sessionKey ?? viewer;
    const entry = sessionKey
      ? await client.read("keys", viewer.address, sessionKey.address)
      : await client.read("deposits", viewer.address);
    const nonce = entry.unwrap().nonces.last.toBigInt() + 1n;
    watch.id = sessionId(client.genesis, viewer.publicKey, watch.signer.publicKey, nonce);
    watch.chain = tickChain(watch.id, new Uint8Array(randomBytes(32)), MAX_TICKS);
    watch.genesis = client.genesis;
    watch.ticket = {
      viewer: u8aToHex(viewer.publicKey),
      session_key: u8aToHex(watch.signer.publicKey),
      nonce,
      stream,
      gateway: u8aToHex(gateway.publicKey),
      price_per_tick: PRICE,
      max_ticks: MAX_TICKS,
      anchor: u8aToHex(watch.chain[0]),
      expires_at: (await client.block()) + LIFETIME,
    };
    return watch;
  }

  get hex() {
    return u8aToHex(this.id);
  }

  open() {
    return { ticket: this.ticket, signature: multiSignature(this.signer, ticketMessage(this.genesis, this.ticket)) };
  }

  claim(from, ticks) {
    return { session: this.hex, from, ticks, proof: u8aToHex(this.chain[ticks]) };
  }

  close(by, signer) {
    return { session: this.hex, signature: { by, signature: multiSignature(signer, closeMessage(this.genesis, this.id)) } };
  }
}

function multiSignature(signer, message) {
  return { [{ ed25519: "Ed25519", sr25519: "Sr25519" }[signer.type]]: u8aToHex(signer.sign(message)) };
}

/** One life of a stream: every call of TickStream, and what it changes. */
class Scenario {
  constructor(client, uri) {
    this.client = client;
    const sr25519 = new Keyring({ type: "sr25519", ss58Format: 42 });
    const account = (name) => sr25519.addFromUri(`${uri}//${name}`);
    this.alice = sr25519.addFromUri("//Alice");
    for (const name of ["viewer", "creator", "gateway", "operator", "partner", "tablet"]) this[name] = account(name);
    this.device = new Keyring({ type: "ed25519", ss58Format: 42 }).addFromUri(`${uri}//device`);
  }

  async run() {
    await this.fund();
    await this.register();
    await this.publish();
    await this.addKeys();
    await this.askTheRuntime();
    await this.watchWithAKey();
    await this.watchWithTheWallet();
    await this.tipAndEarn();
    await this.moderate();
    await this.beRefused();
    await this.leave();
  }

  async fund() {
    const { api } = this.client;
    const accounts = [this.viewer, this.creator, this.gateway, this.operator, this.partner];
    const transfers = accounts.map(({ address }) => api.tx.balances.transferKeepAlive(address, 500n * VLK));
    const { error } = await this.client.send(this.alice, api.tx.utility.batchAll(transfers));
    assert.equal(error, null);
  }

  async register() {
    const { client, gateway, operator } = this;
    await client.do(gateway, "registerGateway", "https://one.example", gateway.address);
    const update = { endpoint: "https://two.example", operator: operator.address };
    const { value } = named(await client.do(gateway, "updateGateway", update), "GatewayUpdated");
    assert.equal(value.endpoint.toUtf8(), "https://two.example");
    const entry = (await client.read("gateways", gateway.address)).unwrap();
    assert.equal(entry.operator.toString(), operator.address);
    assert.equal(entry.bond.toBigInt(), client.constant("gatewayBond"));
  }

  async publish() {
    const { client, creator } = this;
    const request = {
      price_per_tick: PRICE,
      preview_ticks: 10,
      gateway_share: SHARE_PPM,
      splits: [[this.partner.address, 250_000]],
      metadata: JSON.stringify({ title: "JavaScript" }),
    };
    this.stream = named(await client.do(creator, "createStream", request), "StreamCreated").stream.toBigInt();
    await client.do(creator, "updateStream", this.stream, { preview_ticks: 20 });
    await client.do(creator, "setStreamStatus", this.stream, "Live");
    const stream = (await client.read("streams", this.stream)).unwrap();
    assert.deepEqual([stream.previewTicks.toNumber(), stream.status.type, stream.pricePerTick.toBigInt()], [20, "Live", PRICE]);
  }

  async addKeys() {
    const { client, viewer, device, tablet } = this;
    const key = [device.address, await limits(client, { Stream: this.stream })];
    const added = named(await client.do(viewer, "deposit", 20n * VLK, key), "KeyAdded");
    assert.equal(added.limits.scope.asStream.toBigInt(), this.stream);
    const renewal = { every_blocks: 100, amount: VLK };
    await client.do(viewer, "addKey", tablet.address, await limits(client, "Any", { renewal }));
    const changed = await limits(client, { Gateway: this.gateway.address }, { label: "Tablet" });
    await client.do(viewer, "updateKey", tablet.address, changed);
    const entries = await client.api.query.tickStream.keys.entries(viewer.address);
    const keys = new Map(entries.map(([{ args }, value]) => [args[1].toString(), value.unwrap()]));
    assert.deepEqual(new Set(keys.keys()), new Set([device.address, tablet.address]));
    assert.equal(keys.get(tablet.address).label.toUtf8(), "Tablet");
    assert.equal(keys.get(tablet.address).allowance.generation.toNumber(), 1);
    named(await client.do(viewer, "removeKey", tablet.address), "KeyRemoved");
    const deposit = (await client.read("deposits", viewer.address)).unwrap();
    const bond = client.constant("storageBond");
    assert.equal(deposit.keys_.toNumber(), 1);
    assert.deepEqual([deposit.free.toBigInt(), deposit.bond.toBigInt()], [20n * VLK - 2n * bond, bond]);
  }

  /** Every method of the runtime API: its answers are what the storage has. */
  async askTheRuntime() {
    const { client, viewer, device, stream } = this;
    const same = async (answer, item, ...keys) => assert.equal((await answer).toHex(), (await client.read(item, ...keys)).toHex(), item);
    const params = await client.ask("params");
    assert.equal(params.openFee.toBigInt(), client.constant("openFee"));
    await same(client.ask("stream", stream), "streams", stream);
    await same(client.ask("deposit", viewer.address), "deposits", viewer.address);
    await same(client.ask("key", viewer.address, device.address), "keys", viewer.address, device.address);
    await same(client.ask("gateway", this.gateway.address), "gateways", this.gateway.address);
    await same(client.ask("earnings", this.creator.address), "earnings", this.creator.address);
    assert.equal((await client.ask("keys", viewer.address)).length, 1);
    const page = await client.ask("streams", stream, 1);
    assert.equal(page.streams[0][0].toBigInt(), stream);
    const watch = await Watch.prepare(client, viewer, device, stream, this.gateway);
    const [good] = await client.ask("checkBatch", { opens: [watch.open()], groups: [], closes: [] });
    assert(good.result.isOk, `${good}`);
    const [bad] = await client.ask("checkBatch", { opens: [], groups: [], closes: [{ session: watch.hex, signature: null }] });
    assert.equal(bad.result.asErr.type, "SessionUnknown");
    assert((await client.ask("session", watch.hex)).isNone);
    assert((await client.ask("outcomes")).length >= 0);
  }

  batch(signer, { opens = [], claims = [], closes = [] }) {
    const groups = claims.length > 0 ? [{ stream: this.stream, gateway: this.gateway.address, claims }] : [];
    return this.client.do(signer, "processBatch", { opens, groups, closes });
  }

  /** A session of the session key: opened, settled by a claim, a single tick and another claim, and closed by the gateway. */
  async watchWithAKey() {
    const { client, viewer, device, operator, gateway } = this;
    const fee = client.constant("openFee");
    const watch = await Watch.prepare(client, viewer, device, this.stream, gateway);
    const opened = named(await this.batch(operator, { opens: [watch.open()] }), "SessionOpened");
    assert.deepEqual([opened.session.toHex(), opened.fee.toBigInt()], [watch.hex, fee]);
    assert.equal(opened.sessionKey.toString(), device.address);
    const session = (await client.read("sessions", watch.hex)).unwrap();
    assert.equal(session.key.unwrap().sessionKey.toString(), device.address);
    const settled = named(await this.batch(operator, { claims: [watch.claim(0, 20)] }), "TicksSettled");
    assert.equal(settled.settledTicks.toNumber(), 20);
    const { from, ticks, proof } = watch.claim(20, 45);
    const recorded = named(await client.do(this.alice, "recordTick", watch.hex, from, ticks, proof), "TicksSettled");
    assert.equal(recorded.paid.toBigInt(), 25n * PRICE);
    const unknown = { session: `0x${"00".repeat(16)}`, signature: null };
    const last = await this.batch(operator, { claims: [watch.claim(45, 50)], closes: [watch.close("Gateway", gateway), unknown] });
    const failed = named(last, "RowFailed");
    assert.deepEqual([failed.kind.type, failed.error.type], ["Close", "SessionUnknown"]);
    const closed = named(last, "SessionClosed");
    assert.deepEqual([closed.settledTicks.toNumber(), closed.paid.toBigInt()], [50, 50n * PRICE]);
    assert.deepEqual([closed.refunded.toBigInt(), closed.fee.toBigInt()], [BigInt(MAX_TICKS - 50) * PRICE, fee]);
    assert.deepEqual([closed.gateway.toString(), closed.reward.toBigInt()], [gateway.address, 0n]);
    const key = (await client.read("keys", viewer.address, device.address)).unwrap();
    assert.equal(key.spent.toBigInt(), 50n * PRICE + fee);
    assert.equal(key.allowance.left.toBigInt(), ALLOWANCE - 50n * PRICE - fee);
  }

  /** Sessions that the wallet and the session key begin to close, and that the gateway's operator removes. */
  async watchWithTheWallet() {
    const { client, viewer, device, operator, gateway, alice } = this;
    const watch = await Watch.prepare(client, viewer, null, this.stream, gateway);
    const opened = named(await client.do(viewer, "joinStream", watch.ticket), "SessionOpened");
    assert.deepEqual([opened.session.toHex(), opened.sessionKey.toString()], [watch.hex, viewer.address]);
    named(await client.do(viewer, "leaveStream", [watch.hex]), "SessionClosing");
    const second = await Watch.prepare(client, viewer, device, this.stream, gateway);
    named(await this.batch(alice, { opens: [second.open()], closes: [second.close("SessionKey", device)] }), "SessionClosing");
    const closes = [watch.close("Operator", operator), second.close("Operator", operator)];
    assert.equal(named(await this.batch(alice, { closes }), "BatchProcessed").closed.toNumber(), 2);
  }

  async tipAndEarn() {
    const { client, viewer, creator } = this;
    const tipped = named(await client.do(viewer, "tip", this.stream, VLK, "Hello from JavaScript"), "Tipped");
    assert.equal(tipped.memo.toUtf8(), "Hello from JavaScript");
    const earned = (await client.read("earnings", creator.address)).toBigInt();
    assert(earned > 0n);
    assert.equal(named(await client.do(this.alice, "payout", creator.address), "PaidOut").amount.toBigInt(), earned);
    named(await client.do(viewer, "withdraw", VLK), "Withdrawn");
  }

  async moderate() {
    const { client, alice, stream } = this;
    assert(named(await client.do(alice, "suspendStream", stream), "StreamStatusChanged").status.isSuspended);
    assert(named(await client.sudo(alice, "resumeStream", stream), "StreamStatusChanged").status.isOffline);
    assert.equal(named(await client.sudo(alice, "setProtocolFee", FEE_PPM), "ProtocolFeeSet").fee.toNumber(), FEE_PPM);
    assert.equal((await client.read("protocolFee")).toNumber(), FEE_PPM);
  }

  /** Calls that this scenario cannot carry out, and one of the usual mistakes: their errors have names. */
  async beRefused() {
    const { client, alice, viewer } = this;
    await client.refused(alice, "DepositInUse", "reapDeposit", viewer.address);
    await client.refused(alice, "EarningsPayable", "sweepEarnings", this.gateway.address);
    await client.refused(viewer, "FundsTooLow", "withdraw", 1_000n * VLK);
  }

  async leave() {
    const { client, viewer, creator, gateway } = this;
    named(await client.do(viewer, "removeAllKeys"), "KeyRemoved");
    assert.equal((await client.read("deposits", viewer.address)).unwrap().keys_.toNumber(), 0);
    const ended = await client.do(creator, "endStream", this.stream);
    named(ended, "StreamEnded");
    named(ended, "StreamRemoved");
    assert((await client.read("streams", this.stream)).isNone);
    const left = await client.do(gateway, "deregisterGateway");
    named(left, "GatewayLeaving");
    named(left, "GatewayLeft");
    assert((await client.read("gateways", gateway.address)).isNone);
  }
}

/** Checks that everything that the metadata names was used. */
function checkUsed(used, all, what) {
  const missing = all.filter((name) => !used.has(name));
  assert.deepEqual(missing, [], `${what} that were not used: ${missing}`);
  return all.length;
}

async function main() {
  const { url, uri, vectors } = JSON.parse(await text(process.stdin));
  const checked = checkVectors(vectors);
  const api = await ApiPromise.create({
    provider: new WsProvider(url),
    noInitWarn: true,
    signedExtensions: { RefuseHopelessCalls: { extrinsic: {}, payload: {} } },
  });
  const client = new Client(api);
  await new Scenario(client, uri).run();
  const pallet = api.runtimeMetadata.asLatest.pallets.find(({ name }) => name.eq("TickStream"));
  const { variants } = api.registry.lookup.getSiType(pallet.calls.unwrap().type).def.asVariant;
  const calls = checkUsed(
    client.made,
    variants.map(({ name }) => stringCamelCase(name.toString())),
    "calls",
  );
  const runtimeApis = checkUsed(client.asked, Object.keys(api.call.tickStreamApi), "runtime APIs");
  console.log(JSON.stringify({ vectors: checked, calls, runtime_apis: runtimeApis, ...(await readEverything(api)) }));
  await api.disconnect();
}

await main();
