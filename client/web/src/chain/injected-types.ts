// What wallet extensions give the page.

import type { SignPayload, SignRaw } from "polkadot-api/pjs-signer";

/** An account as an extension describes it. */
export interface InjectedAccount {
  readonly address: string;
  readonly name?: string | null;
  readonly type?: string;
}

/** An extension that has given this page access. */
export interface InjectedWallet {
  readonly accounts: {
    get(): Promise<readonly InjectedAccount[]>;
    subscribe(listener: (accounts: readonly InjectedAccount[]) => void): () => void;
  };
  /** Wallets of accounts that only watch, and hardware wallets, may lack either. */
  readonly signer: { readonly signPayload?: SignPayload; readonly signRaw?: SignRaw };
}
