import { beforeEach, expect, it, vi } from "vitest";
import type { Connection } from "./connection";
import { DEVELOPMENT_ACCOUNTS } from "./development-accounts";
import { papiSigner } from "./papi-signer";
import { signRemark } from "./remark";
import type { WalletSigner } from "./wallet";

const wallet = vi.hoisted(() => ({ walletSigner: vi.fn() }));

vi.mock("./wallet", async (actual) => ({ ...(await actual<typeof import("./wallet")>()), ...wallet }));

const signerOf = (signPayload?: () => Promise<never>) =>
  ({
    address: DEVELOPMENT_ACCOUNTS[0]?.address,
    name: "Savings",
    kind: "sr25519",
    wallet: { signer: signPayload ? { signPayload } : {} },
  }) as unknown as WalletSigner;

let sign: () => Promise<never>;

const connection = {
  client: { getChainSpecData: async () => ({ properties: {} }) },
  api: { tx: { System: { remark: () => ({ sign: () => sign() }) } } },
} as unknown as Connection;

beforeEach(() => {
  wallet.walletSigner.mockResolvedValue(signerOf(async () => Promise.reject(new Error("unused"))));
});

it("a wallet that cannot sign at all is named, with what it says and what to do", async () => {
  sign = async () => Promise.reject(new Error("Watch-only account"));
  await expect(signRemark(connection, "m")).rejects.toMatchObject({
    code: "cannot-sign",
    message: "The wallet cannot sign for the account Savings. It says: Watch-only account",
    hint: expect.stringContaining("Use another account or another wallet."),
  });
});

it("a wallet without the means to sign transactions is named, too", async () => {
  wallet.walletSigner.mockResolvedValue(signerOf());
  await expect(signRemark(connection, "m")).rejects.toMatchObject({
    code: "cannot-sign",
    message: "The wallet cannot sign for the account Savings.",
  });
  expect(() => papiSigner(signerOf())).toThrow("cannot sign for the account Savings");
});

it("an owner who has cancelled is told only that", async () => {
  sign = async () => Promise.reject(new Error("Cancelled"));
  await expect(signRemark(connection, "m")).rejects.toMatchObject({ code: "not-signed" });
});
