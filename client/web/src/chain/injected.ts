// Wallet extensions, which inject themselves into the page as `window.injectedWeb3`.

import { UserError } from "../common/errors";
import type { InjectedWallet } from "./injected-types";

/** Extensions by id. */
type Injected = Readonly<Record<string, { enable(origin: string): Promise<unknown> } | undefined>>;

/** Id of the accounts that every development chain has, in place of an extension's. */
export const DEVELOPMENT = "development";

/** Name of this site in the extension's prompts. */
const ORIGIN = "Vilokanam";

const LABELS: Readonly<Record<string, string>> = {
  [DEVELOPMENT]: "the development accounts",
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

/** Ids of the extensions that have been injected so far. */
export function injectedIds(): string[] {
  return Object.keys(injected()).sort();
}

/** Display name of an extension. */
export function labelOf(id: string): string {
  return LABELS[id] ?? id;
}

function isWallet(value: unknown): value is InjectedWallet {
  return typeof value === "object" && value !== null && "accounts" in value && "signer" in value;
}

/** Requests access to an extension. The extension asks its owner the first time only. */
export async function enable(id: string): Promise<InjectedWallet> {
  if (id === DEVELOPMENT) return (await import("./development")).developmentWallet();
  const extension = injected()[id];
  const label = labelOf(id);
  if (!extension) {
    throw new UserError(
      "wallet-missing",
      `${label} is not installed in this browser.`,
      "Install it, then load the page again.",
    );
  }
  let wallet: unknown;
  try {
    wallet = await extension.enable(ORIGIN);
  } catch (error) {
    const hint = `Allow this site in ${label}, then connect again.`;
    throw new UserError("wallet-refused", `${label} did not give this page access.`, hint, { cause: error });
  }
  if (isWallet(wallet)) return wallet;
  throw new UserError("wallet-strange", `${label} does not work like other wallets.`, "Use another wallet.");
}
