import { describe, expect, it } from "vitest";
import { bellLabel } from "../components/notice-bell";
import type { NoticeKind, NoticeSettings, NoticeWays } from "../gateway";
import { KINDS, withWay } from "./notice-settings";
import { bytesOf } from "./push";

const ALL: NoticeWays = { page: true, push: true, mail: true };

describe("settings of notices", () => {
  it("change one way of one kind", () => {
    const settings = Object.fromEntries(KINDS.map(({ kind }) => [kind, ALL])) as NoticeSettings;
    const changed = withWay(settings, "reply", "push", false);
    expect(changed.reply).toEqual({ page: true, push: false, mail: true });
    const others = (Object.keys(changed) as NoticeKind[]).filter((kind) => kind !== "reply");
    expect(others).toHaveLength(6);
    expect(others.every((kind) => changed[kind] === ALL)).toBe(true);
    expect(settings.reply).toBe(ALL);
  });
});

describe("the bell", () => {
  it("says how many notices are unread", () => {
    expect(bellLabel(0)).toBe("Notices");
    expect(bellLabel(3)).toBe("Notices, 3 unread");
  });
});

describe("the key of push messages", () => {
  it("is read from URL-safe base64", () => {
    expect([...bytesOf("-_8A")]).toEqual([0xfb, 0xff, 0x00]);
    expect([...bytesOf("AQ")]).toEqual([1]);
  });
});
