// Asking the server from a till: an answer is only what the application itself has said.

const KNOCKS = 4000;
const WAITS = 15000;

async function within(patience, address, options) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  try {
    return await fetch(address, { ...options, cache: "no-store", signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the server can be reached at all. */
export async function isThere(address) {
  try {
    return (await within(KNOCKS, address)).ok;
  } catch {
    return false;
  }
}

/** A page of the till. Throws where there is none, also when something between says that the server is away. */
export async function ask(address, options = {}) {
  const answer = await within(WAITS, address, { ...options, headers: { Accept: "text/html" } });
  if (answer.status >= 500 || answer.status === 408) throw new Error(`${answer.status}`);
  return answer;
}
