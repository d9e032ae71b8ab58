import { describe, expect, it } from "vitest";
import { captureError, constraintsOf } from "./capture";

describe("recording from this device", () => {
  it("asks for the chosen devices, or the usual ones", () => {
    expect(constraintsOf({ camera: "a", microphone: "" })).toMatchObject({
      video: { deviceId: { exact: "a" }, width: { ideal: 1280 } },
      audio: { echoCancellation: true },
    });
    expect(constraintsOf({ camera: "", microphone: "" }).audio).not.toHaveProperty("deviceId");
    expect(constraintsOf({ camera: null, microphone: "b" })).toMatchObject({
      video: false,
      audio: { deviceId: { exact: "b" } },
    });
  });

  it("that fails says what to do", () => {
    const codeOf = (name: string) => captureError(new DOMException("", name)).code;
    expect(codeOf("NotAllowedError")).toBe("capture-denied");
    expect(codeOf("NotFoundError")).toBe("capture-missing");
    expect(codeOf("NotReadableError")).toBe("capture-busy");
    const other = captureError(new TypeError("mediaDevices is undefined"));
    expect([other.code, other.hint !== null]).toEqual(["capture", true]);
  });
});
