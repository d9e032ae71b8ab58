// The connection to a node, with the chain library. This module and what it imports are loaded when first needed, in
// chunks of their own: nobody waits for them to see a stream.

import { vilokanam } from "@polkadot-api/descriptors";
import { createClient, type PolkadotClient, type TypedApi } from "polkadot-api";
import { getWsProvider, WsEvent } from "polkadot-api/ws";
import { combineLatest, map, type Observable } from "rxjs";
import { WordedError } from "../common/errors";
import type { ChainParams, Delegation, Deposit, Heights, Money } from "./types";

export type Api = TypedApi<typeof vilokanam>;
type ChainDeposit = NonNullable<Awaited<ReturnType<Api["query"]["TickStream"]["Deposits"]["getValue"]>>>;

/** How long a node may take before the next one is tried. */
const NODE_TIMEOUT_MS = 5_000;

const BEST = { at: "best" } as const;

export interface Connection {
  readonly api: Api;
  readonly client: PolkadotClient;
  readonly blockTimeMs: number;
  readonly heights$: Observable<Heights>;
  params(): Promise<ChainParams>;
  moneyOf(address: string): Promise<Money>;
  money$(address: string): Observable<Money>;
}

function delegationOf(chain: NonNullable<ChainDeposit["delegation"]>): Delegation {
  return {
    sessionKey: chain.session_key,
    maxPricePerTick: chain.max_price_per_tick,
    allowance: chain.allowance,
    expiresAt: chain.expires_at,
  };
}

function depositOf(chain: ChainDeposit): Deposit {
  return {
    free: chain.free,
    reserved: chain.reserved,
    delegation: chain.delegation ? delegationOf(chain.delegation) : null,
    openSessions: chain.open_sessions,
    nextNonce: chain.nonces.last + 1n,
  };
}

function moneyFrom(
  address: string,
  account: { data: { free: bigint; frozen: bigint } },
  deposit: ChainDeposit | undefined,
  earnings: bigint,
): Money {
  const { free, frozen } = account.data;
  return {
    address,
    balance: free > frozen ? free - frozen : 0n,
    deposit: deposit ? depositOf(deposit) : null,
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
    protocolFeePpm: params.protocol_fee,
    submitterSharePpm: params.submitter_share,
    closePeriodBlocks: params.close_period,
    noticeBlocks: params.notice,
    blockTimeMs,
  };
}

async function moneyOf(api: Api, address: string): Promise<Money> {
  const [account, deposit, earnings] = await Promise.all([
    api.query.System.Account.getValue(address, BEST),
    api.query.TickStream.Deposits.getValue(address, BEST),
    api.query.TickStream.Earnings.getValue(address, BEST),
  ]);
  return moneyFrom(address, account, deposit, earnings);
}

function money$(api: Api, address: string): Observable<Money> {
  return combineLatest([
    api.query.System.Account.watchValue(address, BEST),
    api.query.TickStream.Deposits.watchValue(address, BEST),
    api.query.TickStream.Earnings.watchValue(address, BEST),
  ]).pipe(map(([account, deposit, earnings]) => moneyFrom(address, account.value, deposit.value, earnings.value)));
}

/** Connects to one of the nodes, and checks that it is on the gateway's chain. `onLink` hears when the link to the node
 * goes and comes. */
export async function connect(
  nodes: readonly string[],
  genesis: string,
  onLink: (isUp: boolean) => void,
): Promise<Connection> {
  const provider = getWsProvider([...nodes], {
    timeout: NODE_TIMEOUT_MS,
    onStatusChanged: ({ type }) => {
      if (type === WsEvent.CONNECTED) onLink(true);
      if (type === WsEvent.ERROR || type === WsEvent.CLOSE) onLink(false);
    },
  });
  const client = createClient(provider);
  try {
    return await connectionOf(client, genesis);
  } catch (error) {
    // Nobody would ever let go of it.
    client.destroy();
    throw error;
  }
}

async function connectionOf(client: PolkadotClient, genesis: string): Promise<Connection> {
  const { genesisHash } = await client.getChainSpecData();
  if (genesisHash !== genesis) {
    const mend = "Tell the gateway's operator: its node and its chain do not match.";
    throw new WordedError("wrong-chain", "The gateway's node is on another chain than the gateway.", mend);
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
    moneyOf: (address) => moneyOf(api, address),
    money$: (address) => money$(api, address),
  };
}
