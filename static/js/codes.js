// What a code of ours looks like, read as people, cameras and hardware scanners deliver it.
// The same reading as on the server: lower case, spaces, hyphens, O for 0 and I for 1 are all right.

const OURS = /^[PKERCVD][0-9A-HJ-NP-X]{8,22}$/;

/** The code in a text, or null where the text is no code of ours (and is never sent anywhere). */
export function codeIn(text) {
  const upper = text.toUpperCase();
  const link = Math.max(upper.lastIndexOf("/Q/"), upper.lastIndexOf("-Q-"));
  const bare = upper
    .slice(link < 0 ? 0 : link + 3)
    .replace(/[\s-]/g, "")
    .replace(/O/g, "0")
    .replace(/I/g, "1");
  return OURS.test(bare) ? bare : null;
}
