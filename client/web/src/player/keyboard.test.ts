import { describe, expect, it, vi } from "vitest";
import { type Commands, commandFor, shortcuts } from "./keyboard";

function fakeCommands(): Commands {
  return {
    playPause: vi.fn(),
    mute: vi.fn(),
    louder: vi.fn(),
    fullScreen: vi.fn(),
    theatre: vi.fn(),
    pictureInPicture: vi.fn(),
    goLive: vi.fn(),
    captions: vi.fn(),
    faster: vi.fn(),
    seek: vi.fn(),
    seekTo: vi.fn(),
  };
}

/** A focused element with its ancestors, as selectors from the inside out. */
function focus(...path: readonly string[]): EventTarget {
  const any = (selectors: string, names: readonly string[]) => selectors.split(", ").some((one) => names.includes(one));
  return Object.assign(new EventTarget(), {
    matches: (selectors: string) => any(selectors, path.slice(0, 1)),
    closest: (selectors: string) => (any(selectors, path) ? {} : null),
  });
}

const BODY = focus("body");
const PICTURE = focus("video", ".player", "main", "body");
const BUTTON = focus("button", ".player", "main", "body");
const SLIDER = focus("input", ".player", "main", "body");
const FIELD = focus("input", "input:not([type=range])", "body");
const IN_MENU = focus("button", ".player-menu", ".player", "main", "body");

const press = (key: string, target: EventTarget | null, keys: Partial<KeyboardEvent> = {}) => ({
  key,
  target,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...keys,
});

/** The command of a key press as text; null if it has none. */
function named(key: string, target: EventTarget | null, isFull = false, keys: Partial<KeyboardEvent> = {}) {
  const commands = fakeCommands();
  commandFor(press(key, target, keys), commands, isFull)?.();
  const called = Object.entries(commands).find(([, command]) => vi.mocked(command).mock.calls.length > 0);
  return called ? `${called[0]}(${vi.mocked(called[1]).mock.calls[0]?.join()})` : null;
}

describe("the player's keys", () => {
  it("include all arrows while the player or one of its buttons has the focus", () => {
    for (const target of [PICTURE, BUTTON]) {
      expect(named("ArrowUp", target)).toBe("louder(0.1)");
      expect(named("ArrowDown", target)).toBe("louder(-0.1)");
      expect(named("ArrowLeft", target)).toBe("seek(-5)");
      expect(named("ArrowRight", target)).toBe("seek(5)");
    }
  });

  it("include only horizontal arrows while nothing has the focus", () => {
    for (const target of [BODY, focus("main", "body"), null]) {
      expect(named("ArrowRight", target)).toBe("seek(5)");
      expect(named("ArrowUp", target)).toBeNull();
      expect(named("Home", target)).toBeNull();
    }
    expect(named("ArrowRight", focus("a", "main", "body"))).toBeNull();
  });

  it("include all arrows in full screen, wherever the focus is", () => {
    for (const target of [BODY, PICTURE, focus("button", ".meter", "body")]) {
      expect(named("ArrowUp", target, true)).toBe("louder(0.1)");
      expect(named("ArrowLeft", target, true)).toBe("seek(-5)");
    }
  });

  it("do not include keys that sliders, menus, buttons and fields use", () => {
    expect(named("ArrowLeft", SLIDER)).toBeNull();
    expect(named("ArrowDown", IN_MENU)).toBeNull();
    expect(named(" ", BUTTON)).toBeNull();
    for (const key of ["k", " ", "5", "ArrowUp", "f"]) expect(named(key, FIELD)).toBeNull();
    // A slider does not use letters.
    expect(named("k", SLIDER)).toBe("playPause()");
    expect(named("f", BUTTON)).toBe("fullScreen()");
  });

  it("jump to tenths, the beginning and the end of a recording", () => {
    expect(named("0", BODY)).toBe("seekTo(0)");
    expect(named("7", BODY)).toBe("seekTo(0.7)");
    expect(named("Home", PICTURE)).toBe("seekTo(0)");
    expect(named("End", PICTURE)).toBe("seekTo(1)");
  });

  it("do not jump within a live stream", () => {
    const live = { ...fakeCommands(), seekTo: null };
    for (const key of ["0", "9", "Home", "End"]) expect(commandFor(press(key, PICTURE), live, false)).toBeNull();
    expect(shortcuts(true).map(([key]) => key)).toContain("L");
    expect(shortcuts(false).map(([key]) => key)).toContain("Home, End");
  });

  it("do not include combinations with Ctrl, Alt or the command key", () => {
    expect(named("f", BODY, false, { ctrlKey: true })).toBeNull();
    expect(named("ArrowLeft", PICTURE, false, { altKey: true })).toBeNull();
    expect(named("k", BODY, false, { metaKey: true })).toBeNull();
  });
});
