// What the browser keeps for this page: lasting, and until the page is closed. Null where it may keep nothing, as
// visitors can choose; then even to look there is an error.
const opened = (name) => {
  try {
    return window[name];
  } catch {
    return null;
  }
};

export const lasting = opened('localStorage');
export const ofThisPage = opened('sessionStorage');

/** A new name for a conversation or a request. A page that comes from elsewhere without TLS has no crypto.randomUUID. */
export const newName = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
