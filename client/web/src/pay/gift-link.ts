// Links of gifts: `<origin>/gift#v=1&from=<payer>&key=<secret>&stream=<id>`, or `&creator=<account>`. The secret is in the
// fragment, which browsers do not send to any server.

import { base64urlnopad } from "@scure/base";
import { UserError } from "../common/errors";
import { decodeAddress, encodeAddress } from "../common/ss58";
import { GIFT_SECRET_BYTES } from "../ticks/gift-key";
import type { GiftScope } from "./types";

const VERSION = "1";

/** What a link contains. */
export interface GiftLink {
  /** Account from whose deposit the gift is paid. */
  readonly from: string;
  readonly secret: Uint8Array;
  readonly scope: GiftScope;
}

/** Formats the link of a gift at a gateway. */
export function formatGiftLink(origin: string, { from, secret, scope }: GiftLink): string {
  const target = scope.kind === "stream" ? `stream=${scope.stream}` : `creator=${scope.account}`;
  return `${origin}/gift#v=${VERSION}&from=${from}&key=${base64urlnopad.encode(secret)}&${target}`;
}

function parseSecret(text: string): Uint8Array | null {
  try {
    const secret = base64urlnopad.decode(text.replace(/=+$/, ""));
    return secret.length === GIFT_SECRET_BYTES ? secret : null;
  } catch {
    return null;
  }
}

function parseAccount(text: string | null): string | null {
  const account = text === null ? null : decodeAddress(text);
  return account && encodeAddress(account);
}

function parseScope(fields: URLSearchParams): GiftScope | null {
  const stream = fields.get("stream");
  if (stream !== null) return /^\d{1,20}$/.test(stream) ? { kind: "stream", stream: BigInt(stream).toString() } : null;
  const account = parseAccount(fields.get("creator"));
  return account === null ? null : { kind: "creator", account };
}

/**
 * Parses the fragment of a gift's link, with or without its `#`.
 *
 * @throws UserError if it is not complete, or of a later version.
 */
export function parseGiftLink(fragment: string): GiftLink {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const version = fields.get("v");
  if (version !== null && version !== VERSION) {
    const hint = "Open it at a gateway with newer pages, or ask the person who gave it.";
    throw new UserError("gift-link", "This gift is of a kind that these pages do not know yet.", hint);
  }
  const from = parseAccount(fields.get("from"));
  const secret = parseSecret(fields.get("key") ?? "");
  const scope = parseScope(fields);
  if (version === null || from === null || secret === null || scope === null) {
    const hint = "Copy the whole link, up to its last character, and open it again.";
    throw new UserError("gift-link", "The link of this gift is not complete.", hint);
  }
  return { from, secret, scope };
}
