// The chain layer: accounts, wallet, storage and transactions. `types.ts` documents what it offers.

export { isAddress, isSameAccount, shortAddress, toChainAddress } from "./address";
export { chain } from "./chain";
export { DEVELOPMENT_ACCOUNTS } from "./development-accounts";
export { DEVELOPMENT } from "./injected";
export { isGift, leftAt, mostPerSecond, mostToSpend, nextRenewal, type Spender } from "./keys";
export * from "./types";
export { wallet } from "./wallet";
