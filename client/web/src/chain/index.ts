// The chain layer: accounts, wallet, storage and transactions. `types.ts` documents what it offers.

export { isAddress, isSameAccount, shortAddress, toChainAddress } from "./address";
export { chain } from "./chain";
export type * from "./types";
export { wallet } from "./wallet";
