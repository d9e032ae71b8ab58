// The text that a wallet signs so that other gateways can show a profile, and know that it is its owner's.

import { wallet } from "../chain/wallet";
import type { ChangeProfile, PersonView } from "../gateway/auth-types";

const DOMAIN = "vilokanam/profile/v1";

const encoder = new TextEncoder();

/** The text of a profile, with its fields in alphabetical order. A field that is absent is empty. */
export function profileMessage(profile: PersonView, signedAt: string): string {
  const fields = {
    account: profile.account,
    banner: profile.banner ?? "",
    bio: profile.bio ?? "",
    handle: profile.handle ?? "",
    links: profile.links ?? [],
    name: profile.name ?? "",
    picture: profile.picture ?? "",
    signed_at: signedAt,
  };
  return `${DOMAIN}\n${JSON.stringify(fields)}`;
}

/** Has the wallet sign a profile as the gateway has stored it. */
export async function signProfile(profile: PersonView): Promise<ChangeProfile> {
  const signedAt = new Date().toISOString();
  const signature = await wallet.signBytes(encoder.encode(profileMessage(profile, signedAt)));
  return { signature, signed_at: signedAt };
}
