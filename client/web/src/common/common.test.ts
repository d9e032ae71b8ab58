import { describe, expect, it } from "vitest";
import { formatVlk, PLANCK_PER_VLK, parseVlk, plainVlk, vlk, vlkError } from "./amounts";
import { equal, fromHex, littleEndian, toHex } from "./bytes";
import { abortError, errorText, UserError } from "./errors";
import { retryDelayMs } from "./retry";
import { decodeAddress, encodeAddress } from "./ss58";

describe("amounts", () => {
  it("are formatted with grouping and without trailing zeros", () => {
    expect(formatVlk(0n)).toBe("0");
    expect(formatVlk(PLANCK_PER_VLK)).toBe("1");
    expect(formatVlk(2_000_000_000n)).toBe("0.002");
    expect(formatVlk(1_234_567n * PLANCK_PER_VLK + 5n)).toBe("1\u202f234\u202f567");
    expect(formatVlk(999_999_999_999n)).toBe("0.9999");
    expect(formatVlk(1n)).toBe("0.000000000001");
    expect(formatVlk(-1_500_000_000_000n)).toBe("-1.5");
    expect(vlk(PLANCK_PER_VLK)).toBe("1 VLK");
  });

  it("are parsed with a point or a comma, with or without grouping", () => {
    expect(parseVlk("1")).toBe(PLANCK_PER_VLK);
    expect(parseVlk(" 0.002 ")).toBe(2_000_000_000n);
    expect(parseVlk(",5")).toBe(PLANCK_PER_VLK / 2n);
    expect(parseVlk("0.000000000001")).toBe(1n);
    expect(parseVlk("1\u202f234\u2009567\u00a0890,5")).toBe(1_234_567_890n * PLANCK_PER_VLK + PLANCK_PER_VLK / 2n);
    for (const text of ["", ".", "-1", "1e3", "1 000", "1\u202f\u202f000", "1.\u202f5", "0.0000000000001", "x"])
      expect(parseVlk(text)).toBeNull();
  });

  it("with separators between thousands are refused, and the reason says how to write them", () => {
    for (const text of [
      "1,000",
      " 1,000 ",
      "12,345,678",
      "1,000.5",
      "1.000,5",
      "1.000.000",
      "1'000",
      "1 000",
      "1_000",
    ]) {
      expect(parseVlk(text), text).toBeNull();
      expect(vlkError(text, "5"), text).toContain("without separators");
    }
    for (const text of ["0,002", "0,500", "1,5", "1000,5", "1.000"]) expect(vlkError(text, "5"), text).toBeNull();
    for (const text of ["", "x", "-1", "1e3"])
      expect(vlkError(text, "5"), text).toBe("Enter an amount in VLK, for example 5.");
  });

  it("survive being written into a field and parsed again", () => {
    for (const planck of [0n, 1n, 999n * PLANCK_PER_VLK, 1_000n * PLANCK_PER_VLK, 98_765_432_100_000_000_001n]) {
      expect(plainVlk(planck)).toMatch(/^\d+(\.\d+)?$/);
      expect(parseVlk(plainVlk(planck))).toBe(planck);
      expect(parseVlk(formatVlk(planck, 12))).toBe(planck);
    }
  });
});

describe("bytes", () => {
  it("are encoded as hex and decoded in either case", () => {
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe("0x000fff");
    expect(fromHex("0x000FFf")).toEqual(Uint8Array.of(0, 15, 255));
    expect(fromHex("0x")).toEqual(new Uint8Array());
    for (const text of ["00", "0x0", "0xzz", "0x0 ", "0X00", ""]) expect(fromHex(text)).toBeNull();
    expect(fromHex("0x00", 2)).toBeNull();
  });

  it("are little-endian in SCALE", () => {
    expect(toHex(littleEndian(0x0102n, 4))).toBe("0x02010000");
    expect(() => littleEndian(256n, 1)).toThrow(RangeError);
  });

  it("are equal when length and content are", () => {
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equal(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  });
});

describe("addresses", () => {
  const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
  const ALICE_HEX = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

  it("are decoded with any chain's prefix and encoded with ours", () => {
    const account = decodeAddress(ALICE);
    expect(account && toHex(account)).toBe(ALICE_HEX);
    for (const prefix of [0, 2, 42, 63, 64, 255, 16_383]) {
      const address = account && encodeAddress(account, prefix);
      expect(address && toHex(decodeAddress(address) ?? new Uint8Array())).toBe(ALICE_HEX);
    }
    expect(encodeAddress(decodeAddress(ALICE_HEX) ?? new Uint8Array())).toBe(ALICE);
    expect(encodeAddress(new Uint8Array(32))).toBe("5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM");
  });

  it("with a typing error are refused", () => {
    const typos = [ALICE.replace("Gr", "rG"), ALICE.slice(1), "", "Alice", "0xd435", `${ALICE}1`, "1".repeat(48)];
    for (const typo of typos) expect(decodeAddress(typo)).toBeNull();
  });
});

describe("the text of an error", () => {
  it("is the error's own, a general one for a bug, and none for cancelled work", () => {
    const refused = new UserError("funds", "The account has too little.", "Deposit less.");
    expect(errorText(refused)).toEqual({ message: "The account has too little.", hint: "Deposit less." });
    expect(errorText(new TypeError("x is undefined"))?.message).toContain("went wrong");
    expect(errorText(abortError())).toBeNull();
  });
});

describe("the delay before another attempt", () => {
  it("grows up to a limit", () => {
    for (const failures of [0, 1, 5, 1_000]) {
      const delay = retryDelayMs(failures);
      expect(delay).toBeGreaterThan(300);
      expect(delay).toBeLessThanOrEqual(30_000);
    }
  });
});
