import { expect, it, vi } from "vitest";
import type { Me } from "../gateway";
import { confirmationOf, isConfirmed } from "./me-data";
import { appealText } from "./me-decisions";

vi.mock("../account", () => ({ ensureSignedIn: vi.fn() }));
vi.mock("../gateway", () => ({ self: {}, moderation: {} }));
vi.mock("../app/router", () => ({ navigate: vi.fn() }));
vi.mock("../components/report-dialog", () => ({ REASONS: [] }));

const who = (handle: string | null) => ({ account: "5Alice", profile: { handle } }) as unknown as Me;

it("deleting oneself is confirmed with the handle, or else with the account", () => {
  expect([confirmationOf(who("alice")), confirmationOf(who(null))]).toEqual(["alice", "5Alice"]);
  for (const right of ["alice", " @alice "]) expect(isConfirmed(right, who("alice"))).toBe(true);
  for (const wrong of ["", "Alice", "5Alice", "alice2"]) expect(isConfirmed(wrong, who("alice"))).toBe(false);
  expect(isConfirmed("5Alice", who(null))).toBe(true);
});

it("an appeal says what has become of it", () => {
  const appeal = { text: "Why?", at: "" };
  expect(appealText({})).toBeNull();
  expect(appealText({ appeal })).toContain("waits");
  expect(appealText({ appeal: { ...appeal, is_upheld: true } })).toContain("stays");
  expect(appealText({ appeal: { ...appeal, is_upheld: false } })).toContain("accepted");
});
