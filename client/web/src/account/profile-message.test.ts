import { expect, it, vi } from "vitest";
import type { PersonView } from "../gateway/auth-types";
import { profileMessage, signProfile } from "./profile-message";

const signBytes = vi.hoisted(() => vi.fn(async (_: Uint8Array) => "0x01aa"));

vi.mock("../chain/wallet", () => ({ wallet: { signBytes } }));

const PROFILE: PersonView = {
  account: "5Alice",
  name: 'A "quoted" नाम',
  links: ["https://a.example/"],
  followers: 3,
  is_creator: true,
  signature: "0x00",
};

it("is the whole profile in a fixed order, without what changes by itself", () => {
  expect(profileMessage(PROFILE, "2030-01-01T00:00:00.000Z")).toBe(
    'vilokanam/profile/v1\n{"account":"5Alice","banner":"","bio":"","handle":"","links":["https://a.example/"],' +
      '"name":"A \\"quoted\\" नाम","picture":"","signed_at":"2030-01-01T00:00:00.000Z"}',
  );
});

it("is signed by the wallet, with the time of the signature", async () => {
  const { signature, signed_at } = await signProfile(PROFILE);
  expect(signature).toBe("0x01aa");
  expect(new TextDecoder().decode(signBytes.mock.calls[0]?.[0])).toBe(profileMessage(PROFILE, signed_at ?? ""));
});
