// The user's wallet: extension, account and signatures. It is in the first chunk of the pages, so it imports little.

import { batch, computed, signal } from "@preact/signals";
import { fromHex, toHex } from "../common/bytes";
import { isAbort, reasonOf, UserError } from "../common/errors";
import { readStored, writeStored } from "../common/storage";
import { SIGNATURE_KINDS } from "../ticks/ticket";
import { shortAddress, toChainAddress } from "./address";
import { DEVELOPMENT, enable, injectedIds, labelOf } from "./injected";
import type { InjectedAccount, InjectedWallet } from "./injected-types";
import type { Wallet, WalletAccount, WalletExtension, WalletStatus } from "./types";

/** Code of the error of {@link Wallet.signBytes} with a wallet that signs transactions only. */
export const SIGNS_NO_MESSAGES = "signs-no-messages";
/** Key of the remembered choice in the browser's storage. */
const CHOICE_KEY = "vilokanam.wallet";
/** Delays between looks for extensions, which may be injected after the page's scripts have run. */
const LOOK_DELAYS_MS = [0, 100, 300, 700, 1_500, 3_000];

interface Choice {
  readonly extension: string;
  readonly address: string;
  readonly name: string;
}

function remembered(): Choice | null {
  try {
    const stored: unknown = JSON.parse(readStored(CHOICE_KEY) ?? "null");
    if (typeof stored !== "object" || stored === null) return null;
    const { extension, address, name } = stored as Partial<Choice>;
    const isComplete = typeof extension === "string" && typeof address === "string" && typeof name === "string";
    return isComplete && toChainAddress(address) !== null ? { extension, address, name } : null;
  } catch {
    // Damaged: treat it as if nothing was remembered.
    return null;
  }
}

function remember(choice: Choice | null): void {
  writeStored(CHOICE_KEY, choice && JSON.stringify(choice));
}

const extensions = signal<readonly WalletExtension[]>([]);
const connectedTo = signal<{ readonly id: string; readonly wallet: InjectedWallet; readonly stop: () => void } | null>(
  null,
);
const isConnecting = signal(false);
const shown = signal<readonly InjectedAccount[]>([]);
const choice = signal<Choice | null>(remembered());

const status = computed<WalletStatus>(() => {
  if (isConnecting.value) return "connecting";
  return connectedTo.value ? "connected" : "disconnected";
});

const accounts = computed<readonly WalletAccount[]>(() => {
  const extension = connectedTo.value?.id;
  if (extension === undefined) return [];
  return shown.value.flatMap((account) => {
    const address = toChainAddress(account.address);
    // Ethereum accounts cannot sign for this chain.
    if (address === null || account.type === "ethereum") return [];
    return [{ address, name: account.name || shortAddress(address), extension, canSign: true }];
  });
});

const account = computed<WalletAccount | null>(() => {
  const chosen = choice.value;
  if (!chosen) return null;
  return accounts.value.find(({ address }) => address === chosen.address) ?? { ...chosen, canSign: false };
});

function choose(address: string): void {
  const found = accounts.peek().find((one) => one.address === address);
  if (!found) return;
  choice.value = { extension: found.extension, address, name: found.name };
  remember(choice.peek());
}

function look(): readonly string[] {
  const ids = injectedIds();
  const known = extensions.peek().map(({ id }) => id);
  if (ids.join() !== known.join()) extensions.value = ids.map((id) => ({ id, label: labelOf(id) }));
  return ids;
}

async function connect(id: string, wanted?: string): Promise<void> {
  isConnecting.value = true;
  try {
    const wallet = await enable(id);
    const first = await wallet.accounts.get();
    connectedTo.peek()?.stop();
    batch(() => {
      shown.value = first;
      const stop = wallet.accounts.subscribe((now) => {
        shown.value = now;
      });
      connectedTo.value = { id, wallet, stop };
    });
    const usable = accounts.peek();
    if (usable.length === 0) {
      const hint = `Create an account in ${labelOf(id)}, or allow this page to see one.`;
      throw new UserError("wallet-empty", `${labelOf(id)} shows no account to this page.`, hint);
    }
    if (wanted !== undefined && usable.some(({ address }) => address === wanted)) choose(wanted);
    else chooseFrom(id, usable);
  } finally {
    isConnecting.value = false;
  }
}

/**
 * Chooses an account of a wallet that was just connected: the remembered one, or the first if none was remembered. It
 * never replaces the remembered account by itself, since the deposit of the chosen account pays.
 */
function chooseFrom(id: string, usable: readonly WalletAccount[]): void {
  const chosen = choice.peek();
  const found = usable.find(({ address }) => address === chosen?.address) ?? (chosen ? undefined : usable[0]);
  if (found) choose(found.address);
  else if (chosen) throw hidden(chosen, id);
}

function hidden({ name }: Choice, id: string): UserError {
  const hint = `Allow this page to see the account in ${labelOf(id)}, or choose another one.`;
  return new UserError("account-hidden", `The wallet does not show the account ${name}.`, hint);
}

async function find(): Promise<void> {
  const remembered = choice.peek()?.extension;
  for (const delayMs of LOOK_DELAYS_MS) {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const ids = look();
    if (connectedTo.peek() || isConnecting.peek()) continue;
    if (remembered === undefined || !(ids.includes(remembered) || remembered === DEVELOPMENT)) continue;
    try {
      await connect(remembered);
    } catch (error) {
      // The user did not ask for this, so it is not shown. The account stays chosen, and signing will say what is
      // wrong.
      if (!(error instanceof UserError)) throw error;
    }
    return;
  }
}

function disconnect(): void {
  batch(() => {
    connectedTo.peek()?.stop();
    connectedTo.value = null;
    shown.value = [];
    choice.value = null;
  });
  remember(null);
}

/** The chosen account and the extension that signs for it. */
export interface WalletSigner {
  readonly address: string;
  /** Name of the account. */
  readonly name: string;
  readonly kind: string;
  readonly wallet: InjectedWallet;
}

/** The signer of the chosen account. Connects its extension if necessary. */
export async function walletSigner(): Promise<WalletSigner> {
  const chosen = choice.peek();
  if (!chosen) throw new UserError("no-account", "No account is chosen.", "Connect a wallet and choose an account.");
  if (connectedTo.peek()?.id !== chosen.extension) await connect(chosen.extension);
  const found = shown.peek().find(({ address }) => toChainAddress(address) === chosen.address);
  const connected = connectedTo.peek();
  if (!connected || !found) throw hidden(chosen, chosen.extension);
  const { address, type } = found;
  return { address, name: chosen.name, kind: type ?? "sr25519", wallet: connected.wallet };
}

/** What wallets say when their owner has cancelled. There is no common code for it. */
const CANCELLED = /cancel|reject|denied|declin|dismiss|user closed/i;

/** Whether a wallet's error says that its owner did not want to sign. */
export function wasCancelled(error: unknown): boolean {
  return isAbort(error) || CANCELLED.test(reasonOf(error));
}

/** The error for a wallet that cannot sign for an account at all. */
export function cannotSign(name: string, cause?: unknown): UserError {
  const reason = cause === undefined ? "" : ` It says: ${reasonOf(cause)}`;
  const hint = "It may only watch this account, or its device is not connected. Use another account or another wallet.";
  return new UserError("cannot-sign", `The wallet cannot sign for the account ${name}.${reason}`, hint, { cause });
}

/** The error for a wallet that signs transactions, but no messages: usually a hardware wallet. */
function signsNoMessages(cause?: unknown): UserError {
  const hint = "Sign a transaction instead, which is never sent to the chain.";
  return new UserError(SIGNS_NO_MESSAGES, "The wallet does not sign messages for this account.", hint, { cause });
}

/** The error for a wallet that did not sign. */
export function signingError(cause: unknown): UserError {
  const message = isAbort(cause) ? "Signing was cancelled." : "The wallet did not sign.";
  return new UserError("not-signed", message, "Try again, and confirm in the wallet.", { cause });
}

/** Converts a wallet's signature, with or without its kind, to a SCALE `MultiSignature`, which starts with the kind. */
export function typedSignature(signature: Uint8Array, kind: string): string {
  const bareBytes = kind === "ecdsa" ? 65 : 64;
  if (signature.length === bareBytes + 1) return toHex(signature);
  const index = kind === "ed25519" || kind === "ecdsa" ? SIGNATURE_KINDS[kind] : SIGNATURE_KINDS.sr25519;
  if (signature.length === bareBytes) return toHex(Uint8Array.of(index, ...signature));
  throw new UserError("not-signed", "The wallet's signature is of an unknown kind.", "Use another account or wallet.");
}

async function signBytes(bytes: Uint8Array): Promise<string> {
  const { address, kind, wallet } = await walletSigner();
  if (!wallet.signer.signRaw) throw signsNoMessages();
  let signature: string;
  try {
    ({ signature } = await wallet.signer.signRaw({ address, data: toHex(bytes), type: "bytes" }));
  } catch (error) {
    throw wasCancelled(error) ? signingError(error) : signsNoMessages(error);
  }
  return typedSignature(fromHex(signature) ?? new Uint8Array(), kind);
}

export const wallet: Wallet = {
  extensions,
  status,
  accounts,
  account,
  find,
  connect,
  choose,
  disconnect,
  signBytes,
};
