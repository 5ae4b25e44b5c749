// The rotating code of a pass, made here exactly as the server makes it (COD-4): HMAC-SHA-256 over
// "P:<number>:<step>", its first 60 bits as 12 characters of our alphabet.

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
const LETTER = "P";
const CHARACTERS = 12;

export const STEP = 30_000;

export const stepOf = (instant) => Math.floor(instant / STEP);

/** A key that signs and that no script can read again. */
export function importSecret(bytes) {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** Five bits a character, first bit first. */
export function encode(bytes, characters) {
  let [text, bits, held] = ["", 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < characters) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** The whole code of one step, such as P1234ABCD… */
export async function codeAt(key, number, step) {
  const message = new TextEncoder().encode(`${LETTER}:${number}:${step}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  return `${LETTER}${number}${encode(mac, CHARACTERS)}`;
}
