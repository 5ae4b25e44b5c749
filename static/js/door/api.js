// Calls to the server as this paired browser. An answer is final only if it is our JSON with a code of its own and
// none of those that say "ask again"; everything else is no answer, and what was sent stays stored.

const BASE = "/api/v1";
const ASK_AGAIN = new Set([401, 408, 425, 429]);

/** Answers about this browser, not about a scan. */
const NO_ANSWER = new Set(["device_revoked", "csrf"]);

/** Whether a status and code settle a scan for good. */
export function isFinal(status, code) {
  return typeof code === "string" && status >= 200 && status < 500 && !ASK_AGAIN.has(status) && !NO_ANSWER.has(code);
}

/** {ok, status, body} of an answer that came from our server; {why} where none came: network, slow, server, odd. */
export async function ask(method, path, { body, patience = 8000, signal } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort("slow"), patience);
  signal?.addEventListener("abort", () => limit.abort("left"));
  try {
    const reply = await fetch(BASE + path, {
      method,
      cache: "no-store",
      redirect: "error",
      credentials: "same-origin",
      signal: limit.signal,
      headers: { "X-Engage-Client": "scanner", Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    return await read(reply);
  } catch {
    return { why: limit.signal.reason === "slow" ? "slow" : "network" };
  } finally {
    clearTimeout(timer);
  }
}

async function read(reply) {
  if (!/\bjson\b/.test(reply.headers.get("Content-Type") ?? "")) return { why: reply.status >= 500 ? "server" : "odd", status: reply.status };
  const body = await reply.json();
  return reply.status >= 500 ? { why: "server", status: reply.status } : { ok: reply.ok, status: reply.status, body };
}

/** Whether the server says that this browser is no device (any more). */
export function standing({ status, body }) {
  if (status === 401) return "unpaired";
  return body?.code === "device_revoked" ? "revoked" : null;
}
