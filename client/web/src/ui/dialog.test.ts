import { type ComponentChildren, h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { wordsOf } from "../app/toasts";
import { abortError, WordedError } from "../common/errors";
import { ActionButton } from "./button";
import { Dialog, isBeside, useDismiss } from "./dialog";
import { draw, type FakeDocument, type FakeElement, fakeDocument } from "./tree.test-data";

let page: FakeDocument;
let opener: FakeElement;
let root: FakeElement;

/** A page with a button, which has the focus, and a place for dialogs. */
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
  it("gives the focus back when it goes", () => {
    draw(dialog(vi.fn()), root);
    expect(page.activeElement).toBe(shown());
    draw(null, root);
    expect(page.activeElement).toBe(opener);
  });

  it("gives it to the page when what has opened it is gone", async () => {
    draw(dialog(vi.fn()), root);
    opener.remove();
    draw(null, root);
    await settled();
    expect(page.activeElement).toBe(root);
  });

  it("closes with its button, so that the focus goes back first", () => {
    const onClose = vi.fn(() => expect(page.activeElement).toBe(opener));
    draw(dialog(onClose), root);
    const closing = root.all("button").find((button) => Reflect.get(button, "aria-label") === "Close");
    closing?.dispatchEvent(new Event("click"));
    expect(onClose).toHaveBeenCalledTimes(1);
    draw(null, root);
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("closes when it is pressed beside, not when something was dragged out of it", () => {
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

  it("has its border and its gaps inside", () => {
    const box = { left: 100, right: 300, top: 100, bottom: 200 } as DOMRect;
    expect(isBeside({ clientX: 100, clientY: 200 }, box)).toBe(false);
    expect(isBeside({ clientX: 99, clientY: 150 }, box)).toBe(true);
    expect(isBeside({ clientX: 150, clientY: 201 }, box)).toBe(true);
  });
});

describe("what goes wrong in a dialog", () => {
  const refused = new WordedError("funds", "The account has too little.", "Put in less.");

  it("is told in it, and taken away when it is tried again", async () => {
    const action = vi.fn<() => Promise<void>>().mockRejectedValueOnce(refused);
    draw(dialog(vi.fn(), h(ActionButton, { onAction: action, children: "Go" })), root);
    const alert = () => root.all("div").find((box) => Reflect.get(box, "role") === "alert");
    const press = () =>
      root
        .all("button")
        .find((button) => button.textContent === "Go")
        ?.dispatchEvent(new Event("click"));
    press();
    await settled();
    expect(alert()?.textContent).toBe("The account has too little.Put in less.");
    action.mockResolvedValueOnce();
    press();
    await settled();
    expect(alert()?.textContent).toBe("");
    draw(null, root);
  });

  it("has words, but for what was called off", () => {
    expect(wordsOf(refused)).toEqual({ what: "The account has too little.", mend: "Put in less." });
    expect(wordsOf(new TypeError("x is undefined"))?.what).toContain("went wrong");
    expect(wordsOf(abortError())).toBeNull();
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

  it("gives the focus back to its button", () => {
    menu(true);
    item()?.focus();
    menu(false);
    expect(page.activeElement).toBe(root.all("button")[0]);
    menu(true);
    opener.focus();
    menu(false);
    // Something else has it by now.
    expect(page.activeElement).toBe(opener);
    draw(null, root);
  });

  it("goes with Escape", () => {
    const onDismiss = vi.fn();
    menu(true, onDismiss);
    page.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape" }));
    expect(onDismiss).toHaveBeenCalledTimes(1);
    draw(null, root);
  });
});
