// A hardware scanner types what it reads like a very fast keyboard and ends with Enter or Tab. It may be
// used anywhere on the page; in a field, the field gets the keys.

/** Slow scanners need so long from key to key, in milliseconds; nobody types a whole code that fast. */
const FAST = 200;
const SHORTEST = 9;

const isField = (element) => element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select") != null;

export function listenToWedge(onText) {
  let typed = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return;
      if (event.timeStamp - last > FAST) typed = "";
      last = event.timeStamp;
      if (event.key.length === 1) typed += event.key;
      else if ((event.key === "Enter" || event.key === "Tab") && typed.length >= SHORTEST) {
        event.preventDefault(); // it ends the code and presses no button
        event.stopPropagation();
        const text = typed;
        typed = "";
        onText(text);
      }
      if (event.key === " " && typed.length > 1) event.preventDefault();
    },
    { capture: true },
  );
}
