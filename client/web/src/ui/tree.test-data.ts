// As much of a document as hooks and dialogs need to be tried without a browser: a tree of elements, events, the focus.

import { type ComponentChild, render } from "preact";
import { vi } from "vitest";

export class FakeElement extends EventTarget {
  readonly nodeType: number = 1;
  readonly style: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  readonly ownerDocument: FakeDocument;
  readonly localName: string;
  parentNode: FakeElement | null = null;
  text = "";

  constructor(document: FakeDocument, localName: string) {
    super();
    this.ownerDocument = document;
    this.localName = localName;
  }

  get childNodes(): FakeElement[] {
    return this.children;
  }

  get firstChild(): FakeElement | null {
    return this.children[0] ?? null;
  }

  get nextSibling(): FakeElement | null {
    const all = this.parentNode?.children ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }

  /** What stands in it. */
  get textContent(): string {
    return this.text + this.children.map((child) => child.textContent).join("");
  }

  get isConnected(): boolean {
    return this === this.ownerDocument.body || (this.parentNode?.isConnected ?? false);
  }

  insertBefore(child: FakeElement, before: FakeElement | null): FakeElement {
    child.remove();
    const at = before ? this.children.indexOf(before) : this.children.length;
    this.children.splice(at, 0, child);
    child.parentNode = this;
    return child;
  }

  removeChild(child: FakeElement): FakeElement {
    this.children.splice(this.children.indexOf(child), 1);
    child.parentNode = null;
    return child;
  }

  remove(): void {
    this.parentNode?.removeChild(this);
  }

  contains(other: FakeElement | null): boolean {
    return other !== null && (other === this || this.contains(other.parentNode));
  }

  setAttribute(name: string, value: string): void {
    Reflect.set(this, name, value);
  }

  removeAttribute(name: string): void {
    Reflect.deleteProperty(this, name);
  }

  focus(): void {
    if (this.isConnected) this.ownerDocument.focused = this;
  }

  scrollIntoView(): void {}

  /** Dialogs only. As browsers do it: closing puts the focus back, being taken out of the document does not. */
  showModal(): void {
    Reflect.set(this, "before", this.ownerDocument.focused);
    Reflect.set(this, "open", true);
    this.ownerDocument.focused = this;
  }

  close(): void {
    if (!Reflect.get(this, "open")) return;
    Reflect.set(this, "open", false);
    if (this.isConnected) (Reflect.get(this, "before") as FakeElement | null)?.focus();
    this.dispatchEvent(new Event("close"));
  }

  getBoundingClientRect() {
    return { left: 100, right: 300, top: 100, bottom: 200 };
  }

  /** The first below that has an attribute: `[name]`. */
  querySelector(selector: string): FakeElement | null {
    for (const child of this.children) {
      const found = Reflect.has(child, selector.slice(1, -1)) ? child : child.querySelector(selector);
      if (found) return found;
    }
    return null;
  }

  /** All below that are called so. */
  all(localName: string): FakeElement[] {
    return this.children.flatMap((child) => [
      ...(child.localName === localName ? [child] : []),
      ...child.all(localName),
    ]);
  }
}

export class FakeDocument extends EventTarget {
  readonly visibilityState = "visible";
  readonly body = new FakeElement(this, "body");
  /** What has the focus, or had it when it was taken out. */
  focused: FakeElement | null = null;

  get activeElement(): FakeElement {
    return this.focused?.isConnected ? this.focused : this.body;
  }

  createElement(localName: string): FakeElement {
    return new FakeElement(this, localName);
  }

  createElementNS(_: string, localName: string): FakeElement {
    return new FakeElement(this, localName);
  }

  createTextNode(text: string): FakeElement {
    const node = new FakeElement(this, "#text");
    Object.defineProperty(node, "nodeType", { value: 3 });
    Object.defineProperty(node, "data", { set: (value: string) => Object.assign(node, { text: value }) });
    node.text = text;
    return node;
  }

  getElementById(id: string): FakeElement | null {
    const find = (element: FakeElement): FakeElement | null =>
      Reflect.get(element, "id") === id
        ? element
        : (element.children.map(find).find((found) => found !== null) ?? null);
    return find(this.body);
  }
}

/** Puts a document into the global scope; `vi.unstubAllGlobals` takes it out again. */
export function fakeDocument(): FakeDocument {
  const document = new FakeDocument();
  vi.stubGlobal("document", document);
  vi.stubGlobal("window", globalThis);
  return document;
}

/** Draws into an element, and runs the effects. */
export function draw(what: ComponentChild, into: FakeElement): void {
  render(what, into as unknown as Element);
  vi.advanceTimersByTime(EFFECTS_AFTER_MS);
}

/** Effects run after what would be a frame. */
export const EFFECTS_AFTER_MS = 50;
