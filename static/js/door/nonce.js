// The number of a scan: 26 characters of the alphabet of codes, 130 random bits. It is made and
// stored before anything is sent, and stays the same through retries and the change to working without a network.

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
const LENGTH = 26;

export function makeNonce() {
  const random = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(random, (byte) => ALPHABET[byte & 31]).join("");
}
