/** As much of a document as the small parts of our pages need. Whoever is taken out of it loses the focus, as in browsers. */

class Node extends EventTarget {
  parentNode = null;
  childNodes = [];

  get isConnected() {
    return this === body || (this.parentNode?.isConnected ?? false);
  }

  contains(other) {
    for (let one = other; one; one = one.parentNode)
      if (one === this) return true;
    return false;
  }

  remove() {
    const siblings = this.parentNode?.childNodes ?? [];
    if (this.contains(document.activeElement)) document.activeElement = body;
    this.parentNode = null;
    const at = siblings.indexOf(this);
    if (at >= 0) siblings.splice(at, 1);
  }

  #insert(parent, at, nodes) {
    for (const one of nodes) {
      const node = typeof one === "string" ? new Text(one) : one;
      node.remove();
      node.parentNode = parent;
      parent.childNodes.splice(at++, 0, node);
    }
  }

  append(...nodes) {
    for (const one of nodes) this.#insert(this, this.childNodes.length, [one]);
  }

  before(...nodes) {
    for (const one of nodes)
      this.#insert(this.parentNode, this.parentNode.childNodes.indexOf(this), [
        one,
      ]);
  }

  after(...nodes) {
    for (const one of [...nodes].reverse())
      this.#insert(
        this.parentNode,
        this.parentNode.childNodes.indexOf(this) + 1,
        [one],
      );
  }

  replaceWith(node) {
    this.before(node);
    this.remove();
  }

  replaceChildren(...nodes) {
    for (const one of [...this.childNodes]) one.remove();
    this.append(...nodes);
  }

  get textContent() {
    return this.childNodes.map((one) => one.textContent).join("");
  }

  set textContent(text) {
    this.replaceChildren(...(text === "" ? [] : [text]));
  }
}

class Text extends Node {
  constructor(text) {
    super();
    this.data = text;
  }

  get textContent() {
    return this.data;
  }
}

class HTMLElement extends Node {
  id = "";
  className = "";
  dataset = {};
  ariaDisabled = null;
  disabled = false;
  open = false;
  attributes = new Map();

  constructor(tag) {
    super();
    this.tag = tag;
  }

  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  removeAttribute(name) {
    this.attributes.delete(name);
  }

  get childElementCount() {
    return this.childNodes.filter((one) => one instanceof HTMLElement).length;
  }

  matches(selector) {
    if (selector === ":disabled") return this.disabled;
    if (selector === "details:not([open])")
      return this.tag === "details" && !this.open;
    if (!/^[a-z]+\d?$/.test(selector))
      throw new Error(`${selector} is not faked`);
    return this.tag === selector;
  }

  querySelectorAll(selector) {
    return this.childNodes.flatMap((one) =>
      one instanceof HTMLElement
        ? [
            ...(one.matches(selector) ? [one] : []),
            ...one.querySelectorAll(selector),
          ]
        : [],
    );
  }

  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  closest(selector) {
    for (let one = this; one; one = one.parentNode)
      if (one.matches(selector)) return one;
    return null;
  }

  focus() {
    if (!this.disabled && this.isConnected) document.activeElement = this;
  }
}

class HTMLDetailsElement extends HTMLElement {}

export const body = new HTMLElement("body");
export const document = {
  activeElement: body,
  createElement: (tag) =>
    tag === "details" ? new HTMLDetailsElement(tag) : new HTMLElement(tag),
  getElementById(id) {
    const find = (one) =>
      one.id === id ? one : one.childNodes?.map(find).find(Boolean);
    return (id && find(body)) || null;
  },
  querySelector: (selector) => body.querySelector(selector),
};
export const window = new EventTarget();
Object.assign(globalThis, {
  document,
  window,
  Node,
  HTMLElement,
  HTMLDetailsElement,
});
