// As much of a document as tests of hooks and dialogs need without a browser: a tree of elements, events and the focus.

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

  /** The text of this element and of those inside. */
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

  /** For dialogs. As in browsers, closing returns the focus, and leaving the document does not. */
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

  /** The first descendant with an attribute, for selectors of the form `[name]`. */
  querySelector(selector: string): FakeElement | null {
    for (const child of this.children) {
      const found = Reflect.has(child, selector.slice(1, -1)) ? child : child.querySelector(selector);
      if (found) return found;
    }
    return null;
  }

  /** All descendants with this name. */
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
  /** The element that has the focus, or had it when it left the document. */
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

/** Makes a document global, until `vi.unstubAllGlobals`. */
export function fakeDocument(): FakeDocument {
  const document = new FakeDocument();
  vi.stubGlobal("document", document);
  vi.stubGlobal("window", globalThis);
  return document;
}

/** Renders into an element, and runs the effects. */
export function draw(content: ComponentChild, into: FakeElement): void {
  render(content, into as unknown as Element);
  vi.advanceTimersByTime(EFFECTS_AFTER_MS);
}

/** Time after which effects have run. */
export const EFFECTS_AFTER_MS = 50;
