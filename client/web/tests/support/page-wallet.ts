// The part of the test wallet that runs in pages. It is injected like an extension, and signs in Node, where the keys
// are.

import { injectExtension } from "@polkadot/extension-inject";
import type { Injected, InjectedAccount } from "@polkadot/extension-inject/types";

type Signs = (value: unknown) => Promise<`0x${string}`>;

// `injectWallet` sets both before this script runs.
const sign = (name: string) => Reflect.get(window, name) as Signs;
const accounts = Reflect.get(window, "testAccounts") as InjectedAccount[];

async function enable(): Promise<Injected> {
  return {
    accounts: {
      get: async () => accounts,
      subscribe: (listener) => {
        void listener(accounts);
        return () => undefined;
      },
    },
    signer: {
      signPayload: async (payload) => ({ id: 1, signature: await sign("testSignPayload")(payload) }),
      signRaw: async (raw) => ({ id: 1, signature: await sign("testSignRaw")(raw) }),
    },
  };
}

injectExtension(enable, { name: "polkadot-js", version: "0.63.1" });
