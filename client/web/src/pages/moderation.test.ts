import { describe, expect, it } from "vitest";
import { hasRole } from "../components/require-role";
import { nextTab } from "../ui/tabs";
import { isBlockable } from "./admin-blocks";
import { sharePpm } from "./admin-people";
import { grouped, wordsOf } from "./admin-status";
import { wordsError, wordsIn } from "./chat-words";
import { actionsFor, subjectLink, subjectText } from "./moderation-texts";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

describe("roles", () => {
  it("of administrators include those of moderators", () => {
    expect(hasRole({ roles: ["admin"] }, "moderator")).toBe(true);
    expect(hasRole({ roles: ["moderator"] }, "admin")).toBe(false);
    expect(hasRole({ roles: [] }, "moderator")).toBe(false);
    expect(hasRole(null, "moderator")).toBe(false);
  });
});

describe("what was reported", () => {
  it("is named, and linked if it has a page", () => {
    expect([subjectText("stream:7"), subjectLink("stream:7")]).toEqual(["Stream 7", "/watch/7"]);
    expect(subjectLink("recording:7:3")).toBe("/watch/7/recordings/3");
    expect(subjectLink(`person:${ALICE}`)).toBe(`/creators/${ALICE}`);
    expect([subjectText("message:9"), subjectLink("message:9")]).toEqual(["Chat message 9", null]);
    for (const odd of ["", "stream:", "recording:7", "block.word"]) expect(subjectLink(odd), odd).toBeNull();
    expect(subjectLink("stream:../x")).toBe("/watch/..%2Fx");
  });

  it("is cut off, or brought to the chain, only if it can be", () => {
    expect(actionsFor("stream:7")).toContain("ask_chain");
    expect(actionsFor("comment:7")).not.toContain("cut_off");
    expect(actionsFor(`person:${ALICE}`)).not.toContain("ask_chain");
  });
});

describe("the lists of administrators", () => {
  it("take accounts, networks and words", () => {
    expect(isBlockable("account", ALICE)).toBe(true);
    expect(isBlockable("account", "Alice")).toBe(false);
    for (const network of ["203.0.113.0/24", "2001:db8::/48", "192.0.2.1"]) {
      expect(isBlockable("network", network), network).toBe(true);
    }
    for (const odd of ["", "example.org", "24", "10.0.0.0/x"]) expect(isBlockable("network", odd), odd).toBe(false);
    expect(isBlockable("word", " ab ")).toBe(true);
    expect(isBlockable("word", " a ")).toBe(false);
    expect(isBlockable("word", "x".repeat(65))).toBe(false);
  });

  it("take shares as percentages", () => {
    expect(["5", "0.25", "12,5", "100", "0"].map(sharePpm)).toEqual([50_000, 2_500, 125_000, 1_000_000, 0]);
    for (const odd of ["", "-1", "101", "5%", "1.23456", "1e2"]) expect(sharePpm(odd), odd).toBeNull();
  });

  it("show figures by group, in the order of the gateway", () => {
    const figure = (group: string, name: string) => ({ group, name, value: 1 });
    const groups = grouped([figure("video", "a"), figure("jobs", "b"), figure("video", "c")]);
    expect(groups.map(([group, all]) => [group, all.map(({ name }) => name)])).toEqual([
      ["video", ["a", "c"]],
      ["jobs", ["b"]],
    ]);
    expect(wordsOf("open_sessions")).toBe("open sessions");
  });
});

describe("blocked words of a chat", () => {
  it("are the lines of a text", () => {
    expect(wordsIn(" one \n\ntwo  words\r\none")).toEqual(["one", "two words"]);
    expect(wordsError("one\ntwo words")).toBeNull();
    expect(wordsError("")).toBeNull();
    expect(wordsError("x".repeat(51))).toContain("more than 50");
    expect(wordsError(Array.from({ length: 501 }, (_, at) => `word ${at}`).join("\n"))).toContain("at most 500");
  });
});

describe("tabs", () => {
  it("are reached with the arrow keys, in a circle", () => {
    expect(["ArrowRight", "ArrowLeft", "Home", "End", "x"].map((key) => nextTab(key, 0, 3))).toEqual([
      1,
      2,
      0,
      2,
      null,
    ]);
    expect(nextTab("ArrowRight", 2, 3)).toBe(0);
  });
});
