import { type ComponentChildren, h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { errorText, UserError } from "../common/errors";
import { ActionButton } from "./button";
import { Dialog, isOutside, useDismiss } from "./dialog";
import { FailureContext } from "./failures";
import { draw, type FakeDocument, type FakeElement, fakeDocument } from "./fake-dom.test-data";

let page: FakeDocument;
let opener: FakeElement;
let root: FakeElement;

/** A page with a button, which has the focus, and an element for dialogs. */
beforeEach(() => {
  vi.useFakeTimers();
  page = fakeDocument();
  opener = page.createElement("button");
  root = page.createElement("main");
  root.setAttribute("id", "main");
  page.body.insertBefore(opener, null);
  page.body.insertBefore(root, null);
  opener.focus();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const dialog = (onClose: () => void, children: ComponentChildren = null) =>
  h(Dialog, { title: "Top up", onClose, children });
const shown = () => root.all("dialog")[0];
const settled = () => vi.advanceTimersByTimeAsync(200);

describe("a dialog", () => {
  it("returns the focus when it closes", () => {
    draw(dialog(vi.fn()), root);
    expect(page.activeElement).toBe(shown());
    draw(null, root);
    expect(page.activeElement).toBe(opener);
  });

  it("focuses the page if the element that opened it is gone", async () => {
    draw(dialog(vi.fn()), root);
    opener.remove();
    draw(null, root);
    await settled();
    expect(page.activeElement).toBe(root);
  });

  it("returns the focus before it calls back when its button is pressed", () => {
    const onClose = vi.fn(() => expect(page.activeElement).toBe(opener));
    draw(dialog(onClose), root);
    const closeButton = root.all("button").find((button) => Reflect.get(button, "aria-label") === "Close");
    closeButton?.dispatchEvent(new Event("click"));
    expect(onClose).toHaveBeenCalledTimes(1);
    draw(null, root);
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("closes on a click outside, but not when something is dragged out of it", () => {
    const onClose = vi.fn();
    draw(dialog(onClose), root);
    const at = (type: string, clientX: number) => Object.assign(new Event(type), { clientX, clientY: 150 });
    shown()?.dispatchEvent(at("pointerdown", 150));
    shown()?.dispatchEvent(at("click", 20));
    expect(onClose).not.toHaveBeenCalled();
    shown()?.dispatchEvent(at("pointerdown", 20));
    shown()?.dispatchEvent(at("click", 20));
    expect(onClose).toHaveBeenCalledTimes(1);
    draw(null, root);
  });

  it("includes its border", () => {
    const box = { left: 100, right: 300, top: 100, bottom: 200 } as DOMRect;
    expect(isOutside({ clientX: 100, clientY: 200 }, box)).toBe(false);
    expect(isOutside({ clientX: 99, clientY: 150 }, box)).toBe(true);
    expect(isOutside({ clientX: 150, clientY: 201 }, box)).toBe(true);
  });
});

describe("a failure in a dialog", () => {
  const refused = new UserError("funds", "The account has too little.", "Deposit less.");

  it("is shown in it, and removed when the action is tried again", async () => {
    const action = vi.fn<() => Promise<void>>().mockRejectedValueOnce(refused);
    const onPage = { report: vi.fn(), clear: vi.fn(), textOf: errorText };
    const inDialog = dialog(vi.fn(), h(ActionButton, { onAction: action, children: "Go" }));
    draw(h(FailureContext.Provider, { value: onPage, children: inDialog }), root);
    const alert = () => root.all("div").find((box) => Reflect.get(box, "role") === "alert");
    const press = () =>
      root
        .all("button")
        .find((button) => button.textContent === "Go")
        ?.dispatchEvent(new Event("click"));
    press();
    await settled();
    expect(alert()?.textContent).toBe("The account has too little.Deposit less.");
    action.mockResolvedValueOnce();
    press();
    await settled();
    expect(alert()?.textContent).toBe("");
    expect(onPage.report).not.toHaveBeenCalled();
    draw(null, root);
  });
});

describe("a menu", () => {
  function Menu({ isOpen, onDismiss }: { readonly isOpen: boolean; readonly onDismiss: () => void }) {
    const inside = useDismiss(onDismiss, isOpen);
    const items = isOpen ? h("a", {}, "Item") : null;
    return h("div", { ref: inside }, h("button", { "aria-expanded": isOpen }, "Menu"), items);
  }
  const item = () => root.all("a")[0];
  const menu = (isOpen: boolean, onDismiss = vi.fn()) => draw(h(Menu, { isOpen, onDismiss }), root);

  it("returns the focus to its button, unless another element has it", () => {
    menu(true);
    item()?.focus();
    menu(false);
    expect(page.activeElement).toBe(root.all("button")[0]);
    menu(true);
    opener.focus();
    menu(false);

    expect(page.activeElement).toBe(opener);
    draw(null, root);
  });

  it("closes with Escape", () => {
    const onDismiss = vi.fn();
    menu(true, onDismiss);
    page.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape" }));
    expect(onDismiss).toHaveBeenCalledTimes(1);
    draw(null, root);
  });
});
