import { describe, expect, it } from "vitest";
import { match } from "../app/routes";
import { referenceOf } from "./reference";

const TOKEN = "0123456789abcdef0123456789abcdef";

describe("the address of a recording", () => {
  it("has the token of an unlisted one, and is a page", () => {
    expect(referenceOf({ number: 7 })).toBe("7");
    const reference = referenceOf({ number: 7, reference: `7-${TOKEN}` });
    expect(match(`/watch/3/recordings/${reference}`).params).toEqual({ stream: "3", recording: `7-${TOKEN}` });
    expect(match("/watch/3/recordings/7").params).toEqual({ stream: "3", recording: "7" });
  });

  it("is nothing else", () => {
    for (const odd of ["7-", "7-x", "-7", "7-0/1"]) {
      expect(match(`/watch/3/recordings/${odd}`).params).toEqual({});
    }
  });
});
