// Cuts KERN's style sheet down to the parts our pages use.
//
// KERN delivers 400 KB; we take its reset, colours, buttons and form controls,
// unmodified, and leave out every rule whose selectors all name other parts.

/** The KERN classes our templates use; a rule about any other class is left out. */
const PARTS = /^kern-(btn|label|form-input|fieldset|sr-only|dialog|light|dark)(?![a-z])/;

/** Rules of KERN we do not take, each for a reason. */
const NOT_TAKEN = new Set([
  "*:not(i)", // sets the font of every element, so that nothing could inherit another
]);

/** Split a style sheet into {head, body} blocks and statements of one level. */
function* blocks(css) {
  let depth = 0;
  let start = 0;
  let open = 0;
  let quote = "";
  for (let at = 0; at < css.length; at += 1) {
    const sign = css[at];
    if (quote) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") {
      if (depth === 0) open = at;
      depth += 1;
    } else if (sign === "}") {
      depth -= 1;
      if (depth === 0) {
        yield { head: css.slice(start, open).trim(), body: css.slice(open + 1, at) };
        start = at + 1;
      }
    } else if (sign === ";" && depth === 0) start = at + 1;
  }
}

const classesOf = (selector) => selector.match(/\.[a-zA-Z][\w-]*/g)?.map((name) => name.slice(1)) ?? [];

/** Split at commas that stand outside of brackets. */
function selectorsOf(head) {
  const found = [""];
  let depth = 0;
  for (const sign of head) {
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (sign === "," && depth === 0) found.push("");
    else found[found.length - 1] += sign;
  }
  return found.map((selector) => selector.trim());
}

function pick(css) {
  let kept = "";
  for (const { head, body } of blocks(css)) {
    if (head.startsWith("@media") || head.startsWith("@supports")) {
      const inside = pick(body);
      if (inside) kept += `${head}{${inside}}\n`;
    } else if (head.startsWith("@")) {
      continue; // fonts are our own, animations belong to parts we leave out
    } else {
      const wanted = selectorsOf(head).filter(
        (selector) => !NOT_TAKEN.has(selector) && classesOf(selector).every((name) => PARTS.test(name)),
      );
      if (wanted.length) kept += `${wanted.join(",")}{${body}}\n`;
    }
  }
  return kept;
}

/** KERN's style sheet, only the parts in use. */
export function partsOfKern(css) {
  return pick(css.replace(/\/\*[^]*?\*\//g, ""));
}

/** Drop custom properties that nothing reads, until every one left is read. */
export function withoutUnreadProperties(css) {
  for (;;) {
    const read = new Set([...css.matchAll(/var\(\s*(--kern-[\w-]+)/g)].map(([, name]) => name));
    const next = css.replace(/(--kern-[\w-]+)\s*:[^;{}]*(;|(?=\}))/g, (all, name) => (read.has(name) ? all : ""));
    if (next === css) return css.replace(/[^{}]*\{\s*\}/g, "");
    css = next;
  }
}
