import { DetailedError } from "tus-js-client";
import { describe, expect, it, vi } from "vitest";
import { UserError } from "../common/errors";
import { access } from "./auth";
import { authorise, fingerprintOf, uploadError } from "./upload";

vi.mock("./auth", () => ({ access: vi.fn() }));

const FILE = { name: "a.mp4", size: 9, type: "video/mp4", lastModified: 1 };

function refused(status: number, body: string): DetailedError {
  const error = new Error("refused") as DetailedError;
  Object.setPrototypeOf(error, DetailedError.prototype);
  const response = { getStatus: () => status, getBody: () => body, getHeader: () => undefined };
  return Object.assign(error, { originalResponse: { ...response, getUnderlyingObject: () => null } });
}

describe("an upload", () => {
  it("continues for the same file and stream only", () => {
    const same = fingerprintOf(FILE, "7");
    expect(fingerprintOf({ ...FILE }, "7")).toBe(same);
    for (const [file, stream] of [
      [FILE, "8"],
      [{ ...FILE, size: 10 }, "7"],
      [{ ...FILE, lastModified: 2 }, "7"],
      [{ ...FILE, name: "b.mp4" }, "7"],
    ] as const)
      expect(fingerprintOf(file, stream)).not.toBe(same);
  });

  it("that is refused says why, in the gateway's words", () => {
    const body = '{"code":"quota-used","detail":"Your recordings fill the space.","hint":"Delete some."}';
    const error = uploadError(refused(413, body));
    expect([error.code, error.message, error.hint]).toEqual([
      "quota-used",
      "Your recordings fill the space.",
      "Delete some.",
    ]);
  });

  it("that is refused by something else says with which status", () => {
    expect(uploadError(refused(502, "<html>")).message).toContain("502");
  });

  it("that was interrupted says how to continue, and errors for the user stay as they are", () => {
    expect(uploadError(new TypeError("network")).hint).toContain("same file");
    const denied = new UserError("wallet", "You have not signed.");
    expect(uploadError(denied)).toBe(denied);
  });

  it("has the access token as it is at each request", async () => {
    const setHeader = vi.fn();
    for (const token of ["a", "b"]) {
      vi.mocked(access).mockResolvedValueOnce({ token, expiresAtMs: 0 });
      await authorise({ setHeader });
    }
    vi.mocked(access).mockResolvedValueOnce(null);
    await authorise({ setHeader });
    expect(setHeader.mock.calls).toEqual([
      ["authorization", "Bearer a"],
      ["authorization", "Bearer b"],
    ]);
  });
});
