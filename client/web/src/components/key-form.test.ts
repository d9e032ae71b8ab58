import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Deposit, DeviceKey, KeyLimits, Money } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { FundForm, KeyForm } from "./key-form";

const VLK = PLANCK_PER_VLK;

const ALICE = vi.hoisted(() => "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
const fake = vi.hoisted(() => ({
  deposit: vi.fn(async (_amount: bigint, _limits: unknown) => undefined),
  authorise: vi.fn(async (_limits: unknown) => undefined),
  updateKey: vi.fn(async (_address: string, _limits: unknown) => undefined),
  money: null as unknown,
}));

vi.mock("../chain", async (original) => {
  const params = { minDeposit: 0n, storageBond: 0n, blockTimeMs: 1_000 };
  const { deposit, authorise, updateKey } = fake;
  const chain = {
    ...{ deposit, authorise, updateKey },
    status: { value: { kind: "ready" } },
    heights: { value: { best: 1_000, finalized: 1_000 } },
    params: async () => params,
    start: async () => undefined,
    ownSessionKey: async () => ALICE,
    get money() {
      return fake.money;
    },
  };
  return { ...(await original<object>()), chain, wallet: { account: { value: { address: ALICE } } } };
});
vi.mock("../gateway", () => ({ gateway: { info: async () => ({ account: "gateway" }) } }));
vi.mock("./wallet-menu", () => ({ WalletList: () => null }));
vi.mock("./toasts", () => ({ showDone: () => undefined, showError: () => undefined }));

const key: DeviceKey = {
  address: ALICE,
  label: "Laptop",
  maxPricePerTick: VLK / 100n,
  allowance: { left: 3n * VLK, renewal: null, renewedAt: 1 },
  maxSessions: 2,
  scope: { kind: "any" },
  expiresAt: 9_000,
  openSessions: 0,
  spent: 0n,
  usedAt: 1,
  bond: 0n,
  nextNonce: 1n,
};
const deposit: Deposit = { free: 5n * VLK, reserved: 0n, keys: [], openSessions: 0 };
let body: FakeElement;

function setMoney(held: Deposit | null): void {
  const money: Money = { address: ALICE, balance: 100n * VLK, deposit: held, earnings: 0n };
  fake.money = signal(money);
}

/** Shows a form, and waits for what it loads. */
async function show(form: Parameters<typeof draw>[0]): Promise<void> {
  draw(form, body);
  for (let round = 0; round < 5; round++) await vi.advanceTimersByTimeAsync(50);
}

/** Submits the form if its button allows that. */
async function submit(): Promise<boolean> {
  const [button] = body.all("button").filter((one) => Reflect.get(one, "type") === "submit");
  if (Reflect.get(button ?? {}, "disabled") === true) return false;
  body.all("form")[0]?.dispatchEvent(new Event("submit"));
  await vi.advanceTimersByTimeAsync(50);
  return true;
}

const fund = (props: Partial<Parameters<typeof FundForm>[0]> = {}) =>
  h(FundForm, { wanted: null, onDone: () => undefined, ...props });
const lastDeposit = () => fake.deposit.mock.lastCall?.slice(0, 2) as [bigint, KeyLimits | null] | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  body = fakeDocument().body;
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" });
});

afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the form for a deposit", () => {
  it("adds this browser with the first deposit, with a fifth of it as its budget", async () => {
    setMoney(null);
    await show(fund());
    expect(await submit()).toBe(true);
    expect(lastDeposit()).toMatchObject([5n * VLK, { label: "Firefox on Linux", allowance: VLK, maxSessions: 2 }]);
  });

  it("does not add a browser that only tops up, unless a stream is to be watched there", async () => {
    setMoney(deposit);
    await show(fund());
    await submit();
    expect(lastDeposit()).toMatchObject([5n * VLK, null]);
    draw(null, body);
    await show(fund({ wanted: { stream: "7", creator: ALICE, pricePerTick: VLK / 1_000n } }));
    await submit();
    expect(lastDeposit()).toMatchObject([5n * VLK, { allowance: 2n * VLK }]);
  });

  it("leaves the limits of this browser as they are if they are enough", async () => {
    setMoney({ ...deposit, keys: [key] });
    await show(fund());
    await submit();
    expect(lastDeposit()).toEqual([5n * VLK, null]);
  });

  it("raises a budget that is nearly spent, and not one that is renewed", async () => {
    setMoney({ ...deposit, keys: [{ ...key, allowance: { ...key.allowance, left: 1n } }] });
    await show(fund());
    await submit();
    expect(lastDeposit()).toMatchObject([5n * VLK, { label: "Laptop", allowance: 2n * VLK }]);
    draw(null, body);
    const renewal = { everyBlocks: 86_400, amount: VLK };
    setMoney({ ...deposit, keys: [{ ...key, allowance: { left: 1n, renewal, renewedAt: 900 } }] });
    await show(fund());
    await submit();
    expect(lastDeposit()).toEqual([5n * VLK, null]);
  });
});

describe("the form for limits alone", () => {
  it("fills up a renewed budget that is spent, for which nothing has to be changed", async () => {
    const renewal = { everyBlocks: 86_400, amount: VLK };
    setMoney({ ...deposit, keys: [{ ...key, allowance: { left: 1n, renewal, renewedAt: 900 } }] });
    await show(fund({ isAmountOptional: true }));
    expect(await submit()).toBe(true);
    expect(fake.deposit).not.toHaveBeenCalled();
    expect(fake.authorise.mock.lastCall?.[0]).toMatchObject({ allowance: VLK, renewal: { amount: VLK } });
  });

  it("has nothing to sign while a device keeps its limits", async () => {
    setMoney({ ...deposit, keys: [key] });
    await show(h(KeyForm, { changed: key, onDone: () => undefined }));
    expect(await submit()).toBe(false);
    expect(fake.updateKey).not.toHaveBeenCalled();
  });
});
