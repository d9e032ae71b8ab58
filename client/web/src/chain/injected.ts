// Wallet extensions as they put themselves into the page (`window.injectedWeb3`), whatever their maker.

import type { SignPayload, SignRaw } from "polkadot-api/pjs-signer";
import { WordedError } from "../common/errors";

/** An account as an extension tells it. */
export interface InjectedAccount {
  readonly address: string;
  readonly name?: string | null;
  readonly type?: string;
}

/** An extension that has let us in. */
export interface InjectedWallet {
  readonly accounts: {
    get(): Promise<readonly InjectedAccount[]>;
    subscribe(listener: (accounts: readonly InjectedAccount[]) => void): () => void;
  };
  readonly signer: { readonly signPayload: SignPayload; readonly signRaw: SignRaw };
}

/** Extensions by their id. The library's own declaration of this global leaves out what is not asked here. */
type Injected = Readonly<Record<string, { enable(origin: string): Promise<unknown> } | undefined>>;

/** Under which name the extension asks its owner. */
const ORIGIN = "Vilokanam";

const LABELS: Readonly<Record<string, string>> = {
  "polkadot-js": "Polkadot.js",
  "subwallet-js": "SubWallet",
  talisman: "Talisman",
  "nova-wallet": "Nova Wallet",
  "fearless-wallet": "Fearless",
};

function injected(): Injected {
  const found: unknown = Reflect.get(window, "injectedWeb3");
  return typeof found === "object" && found !== null ? (found as Injected) : {};
}

/** Ids of the extensions that are in the page now. */
export function injectedIds(): string[] {
  return Object.keys(injected()).sort();
}

/** An extension's name as people know it. */
export function labelOf(id: string): string {
  return LABELS[id] ?? id;
}

function isWallet(value: unknown): value is InjectedWallet {
  return typeof value === "object" && value !== null && "accounts" in value && "signer" in value;
}

/** Asks to be let in. The extension asks its owner the first time, and nobody later. */
export async function enable(id: string): Promise<InjectedWallet> {
  const extension = injected()[id];
  const label = labelOf(id);
  if (!extension) {
    throw new WordedError(
      "wallet-missing",
      `${label} is not in this browser.`,
      "Install it, then load the page again.",
    );
  }
  let wallet: unknown;
  try {
    wallet = await extension.enable(ORIGIN);
  } catch (error) {
    const mend = `Allow this site in ${label}, then connect again.`;
    throw new WordedError("wallet-refused", `${label} did not let this page in.`, mend, { cause: error });
  }
  if (isWallet(wallet)) return wallet;
  throw new WordedError("wallet-strange", `${label} does not speak as wallets do.`, "Use another wallet.");
}
