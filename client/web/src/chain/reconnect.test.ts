import { signal } from "@preact/signals";
import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Chain, Heights, Money } from "./types";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/** A connection that the test controls. */
function fakeConnection() {
  return { heights$: new Subject<Heights>(), money: new Subject<Money>(), destroyed: 0 };
}

type FakeConnection = ReturnType<typeof fakeConnection>;

let made: FakeConnection[];
let chain: Chain;
/** Whether nodes can be reached. */
let isUp: boolean;

beforeEach(async () => {
  made = [];
  isUp = true;
  vi.useFakeTimers();
  vi.resetModules();
  vi.doMock("./library", () => ({
    connect: async () => {
      if (!isUp) throw new Error("unreachable");
      const fake = fakeConnection();
      made.push(fake);
      const client = { destroy: () => fake.destroyed++ };
      return { heights$: fake.heights$, money$: () => fake.money, client };
    },
  }));

  vi.doMock("./wallet", () => ({ wallet: { account: signal({ address: ALICE }) } }));
  ({ chain } = await import("./chain"));
  chain.setNetwork(async () => ({ nodes: ["ws://node.invalid"], genesisHash: "0x" }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.doUnmock("./library");

  vi.doUnmock("./wallet");
});

const money = (balance: bigint): Money => ({ address: ALICE, balance, deposit: null, earnings: 0n });

/** The connection that was made after `at` others. */
async function connection(at: number): Promise<FakeConnection> {
  await vi.waitFor(() => expect(made.length).toBeGreaterThan(at));
  const fake = made[at];
  if (!fake) throw new Error("there is no such connection");
  return fake;
}

describe("the connection to the chain", () => {
  it.each<[string, (fake: FakeConnection) => void]>([
    ["heights", (fake) => fake.heights$.error(new Error("stopped"))],
    ["money", (fake) => fake.money.error(new Error("stopped"))],
  ])("is made again after an error of its %s, and the last values stay meanwhile", async (_, end) => {
    await chain.start();
    const first = await connection(0);
    first.heights$.next({ best: 5, finalized: 2 });
    first.money.next(money(1n));
    end(first);
    expect(chain.status.value.kind).toBe("failed");
    expect(first.destroyed).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    const second = await connection(1);
    expect(chain.status.value.kind).toBe("ready");
    expect(chain.money.value).toEqual(money(1n));
    second.heights$.next({ best: 9, finalized: 6 });
    second.money.next(money(2n));
    expect(chain.heights.value).toEqual({ best: 9, finalized: 6 });
    expect(chain.money.value).toEqual(money(2n));
    // The first one is not followed any more.
    first.money.next(money(3n));
    expect(chain.money.value).toEqual(money(2n));
    expect(made).toHaveLength(2);
  });

  it("is made again at once when it is needed", async () => {
    await chain.start();
    (await connection(0)).heights$.error(new Error("stopped"));
    await chain.start();
    expect(made).toHaveLength(2);
    expect(chain.status.value.kind).toBe("ready");
  });

  it("follows the money of other accounts, too, until that is stopped", async () => {
    const followed = chain.follow("a giver");
    await chain.start();
    const first = await connection(0);
    first.money.next({ ...money(4n), address: "a giver" });
    expect(followed.money.value?.balance).toBe(4n);
    first.heights$.error(new Error("stopped"));
    await chain.start();
    const second = await connection(1);
    second.money.next({ ...money(5n), address: "a giver" });
    expect(followed.money.value?.balance).toBe(5n);
    followed.stop();
    second.money.next({ ...money(6n), address: "a giver" });
    expect(followed.money.value?.balance).toBe(5n);
  });

  it("is attempted with growing delays while it fails", async () => {
    isUp = false;
    await expect(chain.start()).rejects.toThrow("No node of the chain answers.");
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    isUp = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made).toHaveLength(1);
    expect(chain.status.value.kind).toBe("ready");
  });
});
