// Before a form is sent, sees whether the server can be reached; if not, says so on the
// page instead of leaving it, and nothing was booked.
//   <form data-behaviour="ask-server" data-probe="/healthz">
//   parts: away (the words, hidden), anywhere in the page's main

const PATIENCE = 4000;

async function isThere(address) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const reply = await fetch(address, { cache: "no-store", signal: limit.signal });
    return reply.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

export function enhance(form) {
  const away = (form.closest("main") ?? document).querySelector('[data-part="away"]');
  let asked = false;
  form.addEventListener(
    "submit",
    async (event) => {
      if (asked || !away) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const there = await isThere(form.dataset.probe);
      away.hidden = there;
      if (!there) {
        away.focus();
        for (const camera of document.querySelectorAll('[data-behaviour~="scanner"]')) {
          camera.dispatchEvent(new CustomEvent("engage:scan-on"));
        }
        return;
      }
      asked = true;
      form.requestSubmit(event.submitter);
      asked = false;
    },
    { capture: true },
  );
}
