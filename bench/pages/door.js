// The hands of whoever stands at the scanner's page: what they press and type, and what they see. Put into the page by
// the torture of the door (bench/torture/door_browser.py) before anything else runs there.

(() => {
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const isAsking = () => part("result").classList.contains("is-asking");
  const firstButton = () => part("foot").querySelector("button");
  /** Whoever has typed and sees nothing new after so many milliseconds tries again. */
  const PATIENCE = 4000;

  async function until(isTrue, most = 120_000) {
    const end = performance.now() + most;
    while (!isTrue()) {
      if (performance.now() > end) return false;
      await pause(25);
    }
    return true;
  }

  /** Do something and wait for its result on the screen; without an answer the offer to go on is taken. */
  async function resultOf(act) {
    let shown = 0;
    const watch = new MutationObserver((list) => (shown += list.length));
    watch.observe(part("result"), { attributeFilter: ["class"] });
    act();
    const came = await until(() => shown > 0, PATIENCE);
    if (came) {
      await until(() => {
        if (isAsking()) firstButton()?.click();
        return !isAsking();
      });
    }
    watch.disconnect();
    return came ? /is-(\w+)$/.exec(part("result").className)[1] : "";
  }

  /** What was left open is put away: sheets, and a result that waits for a button. */
  function tidy() {
    for (const sheet of document.querySelectorAll("dialog[open]")) sheet.close();
    const { hidden, classList } = part("result");
    if (!hidden && (classList.contains("is-refused") || classList.contains("is-known"))) firstButton()?.click();
  }

  function keyIn(text) {
    const at = document.activeElement ?? document.body;
    const press = (key) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    for (const key of text) press(key);
    press("Enter");
  }

  function send(form, values) {
    for (const [name, value] of Object.entries(values)) part(form).elements[name].value = value;
    part(form).requestSubmit();
  }

  const opened = (name) =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  async function read(base, store, verb, ...given) {
    const asked = base.transaction(store).objectStore(store)[verb](...given);
    return new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
  }

  const withBase = async (use) => {
    const base = await opened("engage-door");
    try {
      return await use(base);
    } finally {
      base.close();
    }
  };

  globalThis.atTheDoor = {
    /** A hardware scanner types the code. */
    scan: (text) => {
      tidy();
      return resultOf(() => keyIn(text));
    },

    /** The same by hand, in the sheet for it. */
    type: (text) => {
      tidy();
      return resultOf(() => {
        part("openType").click();
        send("typeForm", { code: text });
      });
    },

    walkIn: (name) => {
      tidy();
      return resultOf(() => {
        part("openNew").click();
        send("newForm", { name });
      });
    },

    /** Take back the last scan of somebody, on its result or in the list of this device; empty where neither offers it. */
    annul: async (name) => {
      const undo = part("buttons").content.querySelector('[data-symbol="undo"]').innerHTML;
      const own = [...part("foot").children].find((one) => one.innerHTML.includes(undo));
      if (own && !part("result").hidden && part("who").textContent === name) {
        return resultOf(() => {
          own.click();
          send("annulForm", {});
        });
      }
      tidy();
      part("menuList").click();
      const theirs = [...part("doneList").children].filter((one) => one.querySelector('[data-slot="name"]').textContent === name);
      const button = theirs.map((one) => one.querySelector("button")).find(Boolean);
      if (!button) return "";
      const look = await resultOf(() => {
        button.click();
        send("annulForm", {});
      });
      tidy();
      return look;
    },

    /** How many scans wait on this disk. */
    waiting: () => withBase(async (base) => (await read(base, "scans", "getAll")).filter(({ state }) => state === "waiting").length),

    /** Whether the list of the date and the page itself are kept, so that the network may go. */
    isPrepared: async () => {
      const kept = [];
      for (const name of await caches.keys()) kept.push(...(await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname));
      const rosters = await withBase((base) => read(base, "rosters", "count"));
      return rosters > 0 && kept.includes("/scanner") && kept.some((path) => path.endsWith(".wasm"));
    },

    /** Everything this device has stored, opened with its own keys. */
    everything: () =>
      withBase(async (base) => {
        const found = [];
        for (const { nonce, state, box } of await read(base, "scans", "getAll")) {
          const key = await read(base, "keys", "get", box.kind);
          const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
          found.push({ ...JSON.parse(new TextDecoder().decode(plain)), nonce, state });
        }
        return found;
      }),
  };
})();
