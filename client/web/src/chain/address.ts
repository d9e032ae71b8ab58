// Addresses as the pages use them: always with the chain's own prefix.

import { decodeAddress, encodeAddress } from "../common/ss58";

/** Whether the text is an account: SS58 of any chain, or 32 bytes in hex. */
export function isAddress(text: string): boolean {
  return decodeAddress(text.trim()) !== null;
}

/** The account with the chain's own prefix; null when it is none. */
export function toChainAddress(text: string): string | null {
  const account = decodeAddress(text.trim());
  return account && encodeAddress(account);
}

/** Whether two addresses, of whatever prefixes, are one account. */
export function isSameAccount(a: string, b: string): boolean {
  const account = toChainAddress(a);
  return account !== null && account === toChainAddress(b);
}

/** The ends of an address, enough to tell accounts apart by eye. */
export function shortAddress(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-6)}` : address;
}
