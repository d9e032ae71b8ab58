// The chain as the pages see it: signals and calls. The chain library is loaded when one of them is first used.

import { computed, effect, type Signal, signal, untracked } from "@preact/signals";
import type { Subscription } from "rxjs";
import { fromHex } from "../common/bytes";
import { toUserError, UserError } from "../common/errors";
import { retryDelayMs } from "../common/retry";
import { ensureSessionKey, sessionKey } from "../ticks/session-key";
import type { Connection } from "./connection";
import type {
  Chain,
  ChainNetwork,
  ChainStatus,
  FollowedMoney,
  Heights,
  KeyLimits,
  Money,
  TransactionOptions,
  TransactionResult,
} from "./types";
import { wallet } from "./wallet";

/** Maximum time that a call waits for the connection, over all nodes, in milliseconds. */
const CONNECT_TIMEOUT_MS = 20_000;
/** Maximum length of a tip's memo on chain. */
const MAX_MEMO_BYTES = 128;

const status = signal<ChainStatus>({ kind: "idle" });
const heights = signal<Heights | null>(null);
const money = signal<Money | null>(null);

type Library = typeof import("./library");

interface Link {
  readonly library: Library;
  readonly connection: Connection;
}

/** A connection while it works, and what ends it after an error. */
interface LiveConnection {
  readonly connection: Connection;
  readonly onError: (error: unknown) => void;
}

/** The present connection; null while there is none. */
const live = signal<LiveConnection | null>(null);

let findNetwork: () => Promise<ChainNetwork> = () => Promise.reject(noNode());
let linking: Promise<Link> | null = null;
let willRetry = false;
/** Failed links since the last block was received. */
let failures = 0;

const NO_NODE = ["No node of the chain answers.", "Check your connection. The page keeps trying."] as const;

function noNode(cause?: unknown): UserError {
  return new UserError("chain", NO_NODE[0], NO_NODE[1], { cause });
}

/** Shows a failure in the status, and returns it as an error. */
function failed(cause: unknown): UserError {
  const error = toUserError(cause, "chain", NO_NODE[0], NO_NODE[1]);
  status.value = { kind: "failed", message: error.message, hint: error.hint ?? NO_NODE[1] };
  return error;
}

/** Limits how long a call waits. The library itself never stops trying to reach a node. */
function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(failed(noNode())), CONNECT_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timeout));
  });
}

async function link(): Promise<Link> {
  status.value = { kind: "connecting" };
  const [library, { nodes, genesisHash }] = await Promise.all([import("./library"), findNetwork()]);
  if (nodes.length === 0) throw noNode();
  let isLost = false;
  const cleanups: (() => void)[] = [];
  const onConnectionChange = (isUp: boolean) => {
    if (isLost) return;
    if (isUp) status.value = { kind: "ready" };
    else if (status.peek().kind === "ready") failed(null);
  };
  const connection = await library.connect(nodes, genesisHash, onConnectionChange);
  // The first error ends the library's subscriptions for good: drop all of them and start again.
  const lose = (error: unknown) => {
    if (isLost) return;
    isLost = true;
    linking = null;
    live.value = null;
    for (const cleanup of cleanups.splice(0)) cleanup();
    connection.client.destroy();
    failed(error);
    retryLater();
  };
  status.value = { kind: "ready" };
  const subscription = connection.heights$.subscribe({
    next: (now) => {
      failures = 0;
      heights.value = now;
    },
    error: lose,
  });
  cleanups.push(() => subscription.unsubscribe());
  if (!isLost) live.value = { connection, onError: lose };
  if (isLost) throw noNode();
  return { library, connection };
}

/**
 * Keeps `into` at the money of an account, which may change, over all connections. After a reconnection for the same
 * account, the last value stays until a new one arrives. Returns what ends it.
 */
function followMoney(addressOf: () => string | undefined, into: Signal<Money | null>): () => void {
  let subscription: Subscription | null = null;
  const unsubscribe = () => {
    // An error while subscribing ends this effect's subscription before it is known here.
    subscription?.unsubscribe();
    subscription = null;
  };
  const stop = effect(() => {
    const now = live.value;
    const address = addressOf();
    unsubscribe();
    untracked(() => {
      if (into.peek()?.address !== address) into.value = null;
      if (!now || address === undefined) return;
      const next = (money: Money) => {
        into.value = money;
      };
      subscription = now.connection.money$(address).subscribe({ next, error: now.onError });
    });
  });
  return () => {
    stop();
    unsubscribe();
  };
}

const chosenAddress = computed(() => wallet.account.value?.address);
followMoney(() => chosenAddress.value, money);

function follow(address: string): FollowedMoney {
  const followed = signal<Money | null>(null);
  return { money: followed, stop: followMoney(() => address, followed) };
}

function linked(): Promise<Link> {
  linking ??= link().catch((error: unknown) => {
    linking = null;
    throw failed(error);
  });
  return withinTime(linking);
}

/** Connects. After a failure it tries again later, so pages that show money do not have to ask again. */
async function start(): Promise<void> {
  try {
    await linked();
  } catch (error) {
    if (linking === null) retryLater();
    throw error;
  }
}

/** Schedules another attempt to connect. The delay grows with each failure. */
function retryLater(): void {
  if (willRetry) return;
  willRetry = true;
  setTimeout(retry, retryDelayMs(failures++));
}

function retry(): void {
  willRetry = false;
  // The status shows what is wrong.
  start().catch(() => {});
}

/** Builds a transaction and sends it. */
async function transact(
  build: (link: Link) => Parameters<Library["send"]>[1] | Promise<Parameters<Library["send"]>[1]>,
  options: TransactionOptions | undefined,
) {
  const link = await linked();
  return link.library.send(link.connection, await build(link), options);
}

/** The session key that this browser has for the chosen account. Makes one if it has none. */
async function ownKey(): Promise<string> {
  const account = wallet.account.peek();
  if (!account) throw new UserError("no-account", "No account is chosen.", "Connect a wallet and choose an account.");
  const { genesisHash } = await findNetwork();
  return (await ensureSessionKey(genesisHash, account.address)).address;
}

/** Whether a key is among those of the chosen account, as of the best block. */
async function isKnown({ connection }: Link, sessionKey: string): Promise<boolean> {
  const viewer = wallet.account.peek()?.address ?? "";
  const key = await connection.api.query.TickStream.Keys.getValue(viewer, sessionKey, { at: "best" });
  return key !== undefined;
}

/** A call that adds this browser's key, or changes its limits. */
async function authorisation(link: Link, limits: KeyLimits) {
  const { connection, library } = link;
  const session_key = await ownKey();
  const call = { session_key, limits: await library.chainLimits(connection, limits) };
  const { TickStream } = connection.api.tx;
  return (await isKnown(link, session_key)) ? TickStream.update_key(call) : TickStream.add_key(call);
}

/** A call that deposits and, with `limits`, authorises this browser: one signature for both. */
async function depositing(link: Link, amount: bigint, limits: KeyLimits | null) {
  const { connection, library } = link;
  const { TickStream, Utility } = connection.api.tx;
  if (!limits) return TickStream.deposit({ amount, key: undefined });
  const session_key = await ownKey();
  if (await isKnown(link, session_key)) {
    const calls = [TickStream.deposit({ amount, key: undefined }), await authorisation(link, limits)];
    return Utility.batch_all({ calls: calls.map(({ decodedCall }) => decodedCall) });
  }
  return TickStream.deposit({ amount, key: [session_key, await library.chainLimits(connection, limits)] });
}

function parseStreamId(stream: string): bigint {
  if (!/^\d{1,20}$/.test(stream)) throw new UserError("stream", `'${stream}' is not a stream.`, "Check the link.");
  return BigInt(stream);
}

function createdStream(events: Awaited<ReturnType<Library["send"]>>["events"]): string {
  const created = events.find(({ type, value }) => type === "TickStream" && value.type === "StreamCreated");
  const fields = created?.value.value;
  const id = typeof fields === "object" && fields !== null && "stream" in fields ? fields.stream : null;
  if (typeof id !== "bigint") {
    const message = "The stream was created, but the chain did not report its number.";
    throw new UserError("chain", message, "Look for it in your list of streams.");
  }
  return id.toString();
}

function encodeMemo(memo: string): Uint8Array {
  const bytes = new TextEncoder().encode(memo);
  if (bytes.length > MAX_MEMO_BYTES) throw new UserError("memo", "The message is too long.", "Shorten it.");
  return bytes;
}

async function payout(options?: TransactionOptions): Promise<TransactionResult> {
  const account = wallet.account.peek()?.address ?? "";
  return transact(({ connection }) => connection.api.tx.TickStream.payout({ account }), options);
}

export const chain: Chain = {
  status,
  heights,
  money,
  follow,
  setNetwork: (find) => {
    findNetwork = find;
  },
  start,
  params: async () => (await linked()).connection.params(),
  isDevelopment: async () => (await linked()).connection.isDevelopment(),
  signRemark: async (message) => {
    const { library, connection } = await linked();
    return library.signRemark(connection, message);
  },
  ownSessionKey: async (address) => {
    const { genesisHash } = await findNetwork();
    return (await sessionKey(genesisHash, address))?.address ?? null;
  },

  deposit: (amount, limits, options) => transact((link) => depositing(link, amount, limits), options),
  authorise: (limits, options) => transact((link) => authorisation(link, limits), options),
  addKey: (address, limits, options) =>
    transact(async ({ connection, library }) => {
      const call = { session_key: address, limits: await library.chainLimits(connection, limits) };
      return connection.api.tx.TickStream.add_key(call);
    }, options),
  updateKey: (address, limits, options) =>
    transact(async ({ connection, library }) => {
      const call = { session_key: address, limits: await library.chainLimits(connection, limits) };
      return connection.api.tx.TickStream.update_key(call);
    }, options),
  removeKey: (address, options) =>
    transact(({ connection }) => connection.api.tx.TickStream.remove_key({ session_key: address }), options),
  removeAllKeys: (options) => transact(({ connection }) => connection.api.tx.TickStream.remove_all_keys(), options),
  withdraw: (amount, options) =>
    transact(({ connection }) => connection.api.tx.TickStream.withdraw({ amount }), options),
  leaveSessions: (sessions, options) => {
    const ids = sessions.filter((session) => fromHex(session, 16));
    return transact(({ connection }) => connection.api.tx.TickStream.leave_stream({ sessions: ids }), options);
  },
  tip: (stream, amount, memo, options) =>
    transact(
      ({ connection }) =>
        connection.api.tx.TickStream.tip({ stream: parseStreamId(stream), amount, memo: encodeMemo(memo) }),
      options,
    ),

  async createStream(stream, options) {
    const sent = await transact(
      ({ connection, library }) => connection.api.tx.TickStream.create_stream({ request: library.requestOf(stream) }),
      options,
    );
    return { ...sent, stream: createdStream(sent.events) };
  },
  updateStream: (stream, change, options) =>
    transact(async ({ connection, library }) => {
      const id = parseStreamId(stream);
      const { TickStream } = connection.api.query;
      const stored = change.metadata && (await TickStream.Streams.getValue(id, { at: "best" }))?.metadata;
      return connection.api.tx.TickStream.update_stream({ stream: id, update: library.updateOf(change, stored) });
    }, options),
  setStreamStatus: (stream, to, options) =>
    transact(
      ({ connection }) =>
        connection.api.tx.TickStream.set_stream_status({
          stream: parseStreamId(stream),
          status: { type: to === "live" ? "Live" : "Offline", value: undefined },
        }),
      options,
    ),
  endStream: (stream, options) =>
    transact(({ connection }) => connection.api.tx.TickStream.end_stream({ stream: parseStreamId(stream) }), options),
  payout,
};
