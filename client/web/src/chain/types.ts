// What the chain layer offers to the pages: accounts, money, streams, transactions. Everything is a plain value or a
// signal; nothing in here imports the chain library, which is loaded when it is first needed.

import type { ReadonlySignal } from "@preact/signals";

/** A wallet extension found on the page. */
export interface WalletExtension {
  /** Names it, as in `injectedWeb3`. */
  readonly id: string;
  /** As people know it: `Polkadot.js`, `Talisman`, `SubWallet`. */
  readonly label: string;
}

/** An account that a wallet has shown to us. */
export interface WalletAccount {
  /** SS58 with the chain's prefix. */
  readonly address: string;
  /** What the owner calls it; the short address if nothing. */
  readonly name: string;
  /** The extension that signs for it. */
  readonly extension: string;
  /** False while only its address is remembered: paying goes on, signing needs the extension. */
  readonly canSign: boolean;
}

/** How it stands with the wallet. */
export type WalletStatus = "disconnected" | "connecting" | "connected";

/** The viewer's wallet. One for the page: {@link wallet}. */
export interface Wallet {
  /** Extensions that the page has found; {@link Wallet.find} looks again. */
  readonly extensions: ReadonlySignal<readonly WalletExtension[]>;
  readonly status: ReadonlySignal<WalletStatus>;
  /** Accounts of the connected extension. */
  readonly accounts: ReadonlySignal<readonly WalletAccount[]>;
  /** The chosen account. Remembered over reloads. */
  readonly account: ReadonlySignal<WalletAccount | null>;
  /** Looks for extensions; they may come a moment after the page. Connects the remembered one, silently. */
  find(): Promise<void>;
  /** Connects an extension: it may ask its owner. The first account is chosen if none was remembered; one that was and is
   * not shown stays, and it throws, for another is to be chosen by hand. */
  connect(extension: string): Promise<void>;
  /** Chooses one of {@link Wallet.accounts}. */
  choose(address: string): void;
  /** Forgets extension and account. Keys that were lent stay where they are, on chain and in this browser. */
  disconnect(): void;
  /** Has the chosen account sign bytes; answers a SCALE `MultiSignature` in hex. */
  signBytes(bytes: Uint8Array): Promise<string>;
}

/** What a wallet has lent to a browser. */
export interface Delegation {
  /** SS58 of the key. */
  readonly sessionKey: string;
  readonly maxPricePerTick: bigint;
  /** What may still be reserved, in planck. */
  readonly allowance: bigint;
  /** The last block in which it holds. */
  readonly expiresAt: number;
}

/** A viewer's money in the protocol's pot. */
export interface Deposit {
  /** May be withdrawn or reserved, in planck. */
  readonly free: bigint;
  /** Set aside for open sessions, in planck. */
  readonly reserved: bigint;
  readonly delegation: Delegation | null;
  readonly openSessions: number;
  /** The next nonce that a ticket may use. */
  readonly nextNonce: bigint;
}

/** Everything an account has, as of the best block. */
export interface Money {
  readonly address: string;
  /** What the account itself may spend, outside the deposit. */
  readonly balance: bigint;
  /** Null when it never made one. */
  readonly deposit: Deposit | null;
  /** May be paid out. */
  readonly earnings: bigint;
}

/** The protocol's parameters. */
export interface ChainParams {
  readonly minPrice: bigint;
  readonly minDeposit: bigint;
  readonly streamDeposit: bigint;
  readonly openFee: bigint;
  /** Of the gross, in millionths. */
  readonly protocolFeePpm: number;
  /** Of the gross, in millionths. */
  readonly submitterSharePpm: number;
  readonly closePeriodBlocks: number;
  readonly noticeBlocks: number;
  /** How long a block takes: what is said in blocks is shown as time. */
  readonly blockTimeMs: number;
}

/** What a viewer allows a browser to spend. */
export interface SpendingLimits {
  readonly maxPricePerTick: bigint;
  /** In all, in planck. */
  readonly allowance: bigint;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** Somebody's part of a stream's income. */
export interface SplitShare {
  readonly account: string;
  readonly sharePpm: number;
}

/** What a creator says of a stream. */
export interface StreamMetadata {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  /** A picture: a URL at this gateway, or a `data:` URL if it is small. */
  readonly thumbnail: string;
}

/** A stream to be created. */
export interface NewStream {
  readonly pricePerTick: bigint;
  readonly previewTicks: number;
  /** The gateway's part of what protocol and submitter leave. */
  readonly gatewaySharePpm: number;
  readonly splits: readonly SplitShare[];
  readonly metadata: StreamMetadata;
}

/** What of a stream is to change; what is not named stays. */
export type StreamChange = { readonly [K in keyof NewStream]?: NewStream[K] };

/** Said by the creator. */
export type StreamSwitch = "live" | "offline";

/** How far a transaction has come. */
export type TransactionStage = "signing" | "sending" | "in-block" | "final";

/** What to hear of a transaction while it goes its way. */
export interface TransactionOptions {
  readonly onStage?: (stage: TransactionStage) => void;
}

/** A transaction that is in a block and has succeeded. */
export interface Done {
  readonly txHash: string;
  readonly blockHash: string;
  readonly block: number;
  /** Resolves when the block is final; rejects when it was undone. */
  readonly final: Promise<void>;
}

/** The connection to the chain. */
export type ChainStatus =
  | { readonly kind: "idle" | "connecting" | "ready" }
  | { readonly kind: "failed"; readonly what: string; readonly mend: string };

/** Best and finalized block numbers. */
export interface Heights {
  readonly best: number;
  readonly finalized: number;
}

/** The chain. One for the page: {@link chain}. Everything throws `WordedError`. */
export interface Chain {
  readonly status: ReadonlySignal<ChainStatus>;
  readonly heights: ReadonlySignal<Heights | null>;
  /** Of the wallet's account, followed block by block once {@link Chain.start} was called; null until known. */
  readonly money: ReadonlySignal<Money | null>;
  /** Connects to the gateway's nodes. May be called as often as one likes. */
  start(): Promise<void>;
  params(): Promise<ChainParams>;
  /** As of the best block. */
  moneyOf(address: string): Promise<Money>;
  /** The account of the session key that this browser keeps for an account; null when it has none. Asks no node. */
  keyKeptFor(address: string): Promise<string | null>;

  /** Puts money in and, with `limits`, lends this browser's session key in the same signature. */
  deposit(amount: bigint, limits: SpendingLimits | null, options?: TransactionOptions): Promise<Done>;
  /** Lends this browser's session key anew. */
  delegate(limits: SpendingLimits, options?: TransactionOptions): Promise<Done>;
  revokeDelegation(options?: TransactionOptions): Promise<Done>;
  withdraw(amount: bigint, options?: TransactionOptions): Promise<Done>;
  /** Starts closing sessions from the wallet, when their gateway does not. */
  leaveSessions(sessions: readonly string[], options?: TransactionOptions): Promise<Done>;
  tip(stream: string, amount: bigint, memo: string, options?: TransactionOptions): Promise<Done>;

  createStream(stream: NewStream, options?: TransactionOptions): Promise<Done & { readonly stream: string }>;
  updateStream(stream: string, change: StreamChange, options?: TransactionOptions): Promise<Done>;
  setStreamStatus(stream: string, status: StreamSwitch, options?: TransactionOptions): Promise<Done>;
  endStream(stream: string, options?: TransactionOptions): Promise<Done>;
  /** Pays out what the account has earned. */
  payout(options?: TransactionOptions): Promise<Done>;
}
