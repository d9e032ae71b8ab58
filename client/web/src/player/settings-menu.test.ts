import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import type { Captions } from "./captions";
import { areShortcutsOn, setShortcuts } from "./choices";
import { nextSpeed, Settings } from "./settings-menu";
import type { Engine } from "./types";

const engine = {
  qualities: signal([
    { level: 0, name: "360p", bps: 800_000 },
    { level: 1, name: "720p", bps: 2_500_000 },
  ]),
  chosen: signal(-1),
  current: signal(1),
  audios: signal([
    { id: 0, language: "en", name: "English" },
    { id: 1, language: "de", name: "Deutsch" },
  ]),
  audio: signal(0),
  choose: vi.fn(),
  chooseAudio: vi.fn(),
} as unknown as Engine;
const german = { language: "de", name: "Deutsch" };
const choose = vi.fn();
const captions: Captions = { choices: [german], chosen: null, choose, toggle: vi.fn() };
const onSpeed = vi.fn();
let body: FakeElement;

async function open(isLive: boolean, canChangeSpeed: boolean): Promise<void> {
  draw(h(Settings, { engine, captions, isLive, speed: 1, onSpeed: canChangeSpeed ? onSpeed : null }), body);
  await press("");
}

/** Presses the button with this text. */
async function press(text: string): Promise<void> {
  const button = body.all("button").find((one) => one.textContent === text);
  if (!button) throw new Error(`there is no button ${text}`);
  button.dispatchEvent(new Event("click"));
  await vi.advanceTimersByTimeAsync(50);
}

const titles = () => body.all("h3").map(({ textContent }) => textContent);

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  vi.stubGlobal("Node", class {});
});
afterEach(() => {
  draw(null, body);
  setShortcuts(true);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the player's menu", () => {
  it("offers what the stream has: quality, captions and audio, and the speed where it can be changed", async () => {
    await open(false, true);
    expect(titles()).toEqual(["Quality", "Speed", "Captions", "Audio", "Shortcuts"]);
    expect(body.textContent).toContain("Automatic (720p)");
    draw(null, body);
    await open(true, false);
    expect(titles()).toEqual(["Quality", "Captions", "Audio", "Shortcuts"]);
  });

  it("chooses", async () => {
    await open(false, true);
    await press("1.5×");
    expect(onSpeed).toHaveBeenCalledWith(1.5);
    const [inCaptions, inAudio] = body.all("button").filter(({ textContent }) => textContent === "Deutsch");
    inCaptions?.dispatchEvent(new Event("click"));
    expect(choose).toHaveBeenCalledWith(german);
    inAudio?.dispatchEvent(new Event("click"));
    expect(engine.chooseAudio).toHaveBeenCalledWith(1);
    await press("720p2.5 Mbit/s");
    expect(engine.choose).toHaveBeenCalledWith(1);
  });

  it("turns the shortcuts off", async () => {
    await open(false, true);
    const check = body.all("input")[0];
    Reflect.set(check ?? {}, "checked", false);
    check?.dispatchEvent(new Event("change"));
    await vi.advanceTimersByTimeAsync(50);
    expect(areShortcutsOn.value).toBe(false);
    expect(body.textContent).not.toContain("play or pause");
  });
});

describe("the speed", () => {
  it("changes in steps, and stays within them", () => {
    expect(nextSpeed(1, 1)).toBe(1.25);
    expect(nextSpeed(1, -1)).toBe(0.75);
    expect(nextSpeed(2, 1)).toBe(2);
    expect(nextSpeed(0.5, -1)).toBe(0.5);
    expect(nextSpeed(1.08, 1)).toBe(1.25);
  });
});
