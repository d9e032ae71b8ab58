// The connection to a node, through the chain library. This module and its imports are loaded when first needed, in
// chunks of their own: showing a stream does not wait for them.

import { vilokanam } from "@polkadot-api/descriptors";
import { createClient, type PolkadotClient, type TypedApi } from "polkadot-api";
import { getWsProvider, WsEvent } from "polkadot-api/ws";
import { combineLatest, map, type Observable } from "rxjs";
import { UserError } from "../common/errors";
import type { BlockRenewal, ChainParams, Deposit, DeviceKey, Heights, KeyScope, Money } from "./types";

export type Api = TypedApi<typeof vilokanam>;
type ChainDeposit = NonNullable<Awaited<ReturnType<Api["query"]["TickStream"]["Deposits"]["getValue"]>>>;
type ChainKey = NonNullable<Awaited<ReturnType<Api["query"]["TickStream"]["Keys"]["getValue"]>>>;

/** Time that a node has to answer before the next one is tried, in milliseconds. */
const NODE_TIMEOUT_MS = 5_000;

/** Types of chains that have development accounts. */
const DEVELOPMENT_TYPES = ["Development", "Local"];

const BEST = { at: "best" } as const;

export interface Connection {
  readonly api: Api;
  readonly client: PolkadotClient;
  readonly blockTimeMs: number;
  readonly heights$: Observable<Heights>;
  params(): Promise<ChainParams>;
  /** Whether the chain is one for development or tests. */
  isDevelopment(): Promise<boolean>;
  money$(address: string): Observable<Money>;
}

const decoder = new TextDecoder();

function scopeOf({ type, value }: ChainKey["scope"]): KeyScope {
  switch (type) {
    case "Any":
      return { kind: "any" };
    case "Gateway":
      return { kind: "gateway", account: value };
    case "Creator":
      return { kind: "creator", account: value };
    case "Stream":
      return { kind: "stream", stream: value.toString() };
  }
}

function renewalOf(chain: ChainKey["allowance"]["renewal"]): BlockRenewal | null {
  return chain ? { everyBlocks: chain.every_blocks, amount: chain.amount } : null;
}

function keyOf(address: string, chain: ChainKey): DeviceKey {
  const { left, renewal, renewed_at } = chain.allowance;
  return {
    address,
    label: decoder.decode(chain.label),
    maxPricePerTick: chain.max_price_per_tick,
    allowance: { left, renewal: renewalOf(renewal), renewedAt: renewed_at },
    maxSessions: chain.max_sessions,
    scope: scopeOf(chain.scope),
    expiresAt: chain.expires_at,
    openSessions: chain.open_sessions,
    spent: chain.spent,
    usedAt: chain.used_at,
    bond: chain.bond,
    nextNonce: chain.nonces.last + 1n,
  };
}

function depositOf(chain: ChainDeposit, keys: readonly DeviceKey[]): Deposit {
  return { free: chain.free, reserved: chain.reserved, keys, openSessions: chain.open_sessions };
}

function moneyFrom(
  address: string,
  account: { data: { free: bigint; frozen: bigint } },
  deposit: ChainDeposit | undefined,
  keys: readonly DeviceKey[],
  earnings: bigint,
): Money {
  const { free, frozen } = account.data;
  return {
    address,
    balance: free > frozen ? free - frozen : 0n,
    deposit: deposit ? depositOf(deposit, keys) : null,
    earnings,
  };
}

async function paramsOf(api: Api, blockTimeMs: number): Promise<ChainParams> {
  const params = await api.apis.TickStreamApi.params(BEST);
  return {
    minPrice: params.min_price,
    minDeposit: params.min_deposit,
    streamDeposit: params.stream_deposit,
    openFee: params.open_fee,
    storageBond: params.storage_bond,
    protocolFeePpm: params.protocol_fee,
    submitterSharePpm: params.submitter_share,
    closePeriodBlocks: params.close_period,
    noticeBlocks: params.notice,
    blockTimeMs,
  };
}

function money$(api: Api, address: string): Observable<Money> {
  return combineLatest([
    api.query.System.Account.watchValue(address, BEST),
    api.query.TickStream.Deposits.watchValue(address, BEST),
    api.query.TickStream.Keys.watchEntries(address, BEST),
    api.query.TickStream.Earnings.watchValue(address, BEST),
  ]).pipe(
    map(([account, deposit, { entries }, earnings]) => {
      const keys = entries.map(({ args: [, key], value }) => keyOf(key, value));
      return moneyFrom(address, account.value, deposit.value, keys, earnings.value);
    }),
  );
}

/**
 * Connects to one of the nodes, and checks that it is on the expected chain. `onConnectionChange` is called whenever
 * the connection is lost or established.
 */
export async function connect(
  nodes: readonly string[],
  genesis: string,
  onConnectionChange: (isUp: boolean) => void,
): Promise<Connection> {
  const provider = getWsProvider([...nodes], {
    timeout: NODE_TIMEOUT_MS,
    onStatusChanged: ({ type }) => {
      if (type === WsEvent.CONNECTED) onConnectionChange(true);
      if (type === WsEvent.ERROR || type === WsEvent.CLOSE) onConnectionChange(false);
    },
  });
  const client = createClient(provider);
  try {
    return await connectionOf(client, genesis);
  } catch (error) {
    // The caller never sees this client, so it has to be closed here.
    client.destroy();
    throw error;
  }
}

async function connectionOf(client: PolkadotClient, genesis: string): Promise<Connection> {
  const { genesisHash } = await client.getChainSpecData();
  if (genesisHash !== genesis) {
    const hint = "Tell the gateway's operator that its node does not match its chain.";
    throw new UserError("wrong-chain", "The gateway's node is on a different chain than the gateway.", hint);
  }
  const api = client.getTypedApi(vilokanam);
  const blockTimeMs = Number(await api.apis.AuraApi.slot_duration());
  const heights$ = combineLatest([client.bestBlocks$, client.finalizedBlock$]).pipe(
    map(([best, finalized]) => ({ best: best[0]?.number ?? finalized.number, finalized: finalized.number })),
  );
  return {
    api,
    client,
    blockTimeMs,
    heights$,
    params: () => paramsOf(api, blockTimeMs),
    isDevelopment: async () => DEVELOPMENT_TYPES.includes(await client._request<string>("system_chainType", [])),
    money$: (address) => money$(api, address),
  };
}
