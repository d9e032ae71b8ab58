import { beforeEach, describe, expect, it, vi } from "vitest";
import { areShortcutsOn, chosenQuality, setShortcuts } from "./choices";

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});

describe("the viewer's choices", () => {
  it("are remembered, and forgotten when they are taken back", () => {
    chosenQuality.write("720p");
    expect(chosenQuality.read()).toBe("720p");
    chosenQuality.write(null);
    expect(chosenQuality.read()).toBeNull();
  });

  it("include whether keys control the player, which they do at first", () => {
    expect(areShortcutsOn.value).toBe(true);
    setShortcuts(false);
    expect([areShortcutsOn.value, localStorage.getItem("vilokanam.shortcuts")]).toEqual([false, "off"]);
    setShortcuts(true);
    expect([areShortcutsOn.value, localStorage.getItem("vilokanam.shortcuts")]).toEqual([true, null]);
  });
});
