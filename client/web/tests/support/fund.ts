// Money for accounts that the development chain does not endow.

import { Keyring } from "@polkadot/keyring";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { vilokanam } from "@polkadot-api/descriptors";
import { createClient, Enum } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket } from "ws";
import { until } from "./ports";

const WITHIN_MS = 60_000;

/** Transfers `planck` to each account. `bank` is an endowed development account, which other tests may use at the same time. */
export async function fund(node: string, bank: string, accounts: readonly string[], planck: bigint): Promise<void> {
  await cryptoWaitReady();
  const pair = new Keyring({ type: "sr25519" }).addFromUri(bank);
  const signer = getPolkadotSigner(pair.publicKey, "Sr25519", (bytes) => pair.sign(bytes));
  // Node.js 20 has no WebSocket of its own.
  const client = createClient(
    getWsProvider(node, { websocketClass: WebSocket as unknown as typeof globalThis.WebSocket }),
  );
  try {
    const api = client.getTypedApi(vilokanam);
    for (const account of accounts) {
      const transfer = api.tx.Balances.transfer_keep_alive({ dest: Enum("Id", account), value: planck });
      // A transaction of another test may have the same nonce.
      const isDone = async () => (await transfer.signAndSubmit(signer).catch(() => null))?.ok ?? false;
      await until(`money for ${account}`, isDone, WITHIN_MS);
    }
  } finally {
    client.destroy();
  }
}
