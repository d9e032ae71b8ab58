// The chain layer: accounts, wallet, what is in storage, transactions. See `types.ts` for what it offers.

export { isAddress, isSameAccount, shortAddress, toChainAddress } from "./address";
export { chain } from "./chain";
export type * from "./types";
export { wallet } from "./wallet";
