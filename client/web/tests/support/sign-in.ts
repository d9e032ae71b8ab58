// Signing in to the gateway as a development account, without a page.

import { Keyring } from "@polkadot/keyring";
import { stringToU8a, u8aToHex } from "@polkadot/util";
import { cryptoWaitReady } from "@polkadot/util-crypto";

/** An account that is signed in. */
export interface SignedInAccount {
  readonly account: string;
  /** Sends a request with the access token. */
  ask(method: string, path: string, body?: unknown): Promise<Response>;
}

async function post(url: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

export async function signIn(gateway: string, suri: string): Promise<SignedInAccount> {
  await cryptoWaitReady();
  const pair = new Keyring({ type: "sr25519", ss58Format: 42 }).addFromUri(suri);
  const challenge = await post(`${gateway}/v1/auth/challenge`, { account: pair.address });
  const { message } = (await challenge.json()) as { readonly message: string };
  const signature = u8aToHex(pair.sign(stringToU8a(message), { withType: true }));
  const answer = await post(`${gateway}/v1/auth/sign-in`, { message, signature, label: "Tests" });
  const { access_token } = (await answer.json()) as { readonly access_token: string };
  return {
    account: pair.address,
    ask: (method, path, body) =>
      fetch(gateway + path, {
        method,
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}
