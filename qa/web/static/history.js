// Conversations kept in this browser: one entry each, so that two open pages do not overwrite one another.
const PREFIX = 'qa-conversation:';
const CURRENT = 'qa-current';
const MOST = 100; // conversations; the oldest go

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

/** All conversations, the latest first: {id, title, updated, turns}. */
export function conversations() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map(read)
    .filter((each) => each && Array.isArray(each.turns) && each.turns.length)
    .sort((one, other) => other.updated - one.updated);
}

export const conversation = (id) => read(PREFIX + id);
export const remove = (id) => localStorage.removeItem(PREFIX + id);

/** Which conversation this page shows, also after a reload. */
export const current = () => sessionStorage.getItem(CURRENT) ?? '';
export const setCurrent = (id) => sessionStorage.setItem(CURRENT, id);

/** Keep a conversation; returns whether older ones had to go because the browser keeps no more. */
export function keep(id, turns) {
  if (!turns.length) {
    remove(id);
    return false;
  }
  const text = JSON.stringify({ id, title: turns[0].question, updated: Date.now(), turns });
  conversations().slice(MOST).forEach((each) => remove(each.id));
  let dropped = false;
  for (;;) {
    try {
      localStorage.setItem(PREFIX + id, text);
      return dropped;
    } catch {
      const oldest = conversations().filter((each) => each.id !== id).pop();
      if (!oldest) return true; // even alone it is too long to be kept
      remove(oldest.id);
      dropped = true;
    }
  }
}
