// Account addresses as the pages use them: SS58 with this chain's prefix.

import { decodeAddress, encodeAddress } from "../common/ss58";

/** Whether the text is an account: SS58 of any chain, or 32 bytes in hexadecimal. */
export function isAddress(text: string): boolean {
  return decodeAddress(text.trim()) !== null;
}

/** Converts an address to this chain's prefix; null if the text is not an account. */
export function toChainAddress(text: string): string | null {
  const account = decodeAddress(text.trim());
  return account && encodeAddress(account);
}

/** Whether two addresses, with any prefixes, are the same account. */
export function isSameAccount(a: string, b: string): boolean {
  const account = toChainAddress(a);
  return account !== null && account === toChainAddress(b);
}

/** The first and last characters of an address: enough to tell accounts apart by eye. */
export function shortAddress(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-6)}` : address;
}
