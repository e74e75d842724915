import assert from "node:assert/strict";
import test from "node:test";

const listeners = {};
const entries = [];
globalThis.location = new URL("http://host/walkthrough?net=lenet");
globalThis.history = {
  state: null,
  pushState(data, unused, url) { entries.push(move(url)); },
  replaceState(data, unused, url) { entries[Math.max(0, entries.length - 1)] = move(url); },
};
globalThis.window = { addEventListener: (kind, listener) => { listeners[kind] = listener; } };

function move(url) {
  globalThis.location = new URL(url ?? location.href, location.href);
  return location.pathname + location.search;
}

const owner = await import("../../../cnnviz/ui/core/browser_history.js");
owner.default();

test("what a page writes by itself takes the place of the entry that stands", () => {
  history.pushState(null, "", "?net=lenet&layer=conv1");
  history.pushState(null, "", "?net=lenet&layer=conv2");
  assert.deepEqual(entries, ["/walkthrough?net=lenet&layer=conv2"]);
});

test("what follows from a press is a step to come back to, once", () => {
  listeners.pointerdown();
  history.pushState(null, "", "?layer=conv3");
  history.pushState(null, "", "?layer=conv4");
  assert.deepEqual(entries.slice(1), ["/walkthrough?layer=conv4"]);
});

test("another page is a step without a press", () => {
  history.pushState(null, "", "/saliency?net=lenet");
  assert.equal(entries.at(-1), "/saliency?net=lenet");
  assert.equal(entries.length, 3);
});

test("after Back, what the page writes is no step", () => {
  listeners.keydown();
  listeners.popstate();
  history.pushState(null, "", "?net=resnet");
  assert.equal(entries.length, 3);
});

test("a kept parameter is in all that is written into the address of this page, until it is released", () => {
  owner.keepParameter("display", "absolute.own");
  assert.equal(entries.at(-1), "/saliency?net=resnet&display=absolute.own");
  history.replaceState(null, "", "?net=vgg");
  assert.equal(entries.at(-1), "/saliency?net=vgg&display=absolute.own");
  owner.keepParameter("display", "");
  assert.equal(entries.at(-1), "/saliency?net=vgg");
  owner.releaseParameter("display");
  history.replaceState(null, "", "?display=smooth");
  assert.equal(entries.at(-1), "/saliency?display=smooth");
});

test("an address of another page is written as it is", () => {
  owner.keepParameter("display", "own");
  history.pushState(null, "", "/mistakes");
  assert.equal(entries.at(-1), "/mistakes");
  owner.releaseParameter("display");
});

test("asked again it adds no second owner", () => {
  const { pushState } = history;
  owner.default();
  assert.equal(history.pushState, pushState);
});
