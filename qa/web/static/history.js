// Conversations kept in this browser: one entry each, so that two open pages do not overwrite one another.
import { lasting, newName, ofThisPage } from './storage.js';

const PREFIX = 'qa-conversation:';
const CURRENT = 'qa-current';
const ASKED = 'qa-asked';

const seen = new Map(); // when the conversations were kept that this page knows, by their ids

const read = (key) => {
  try {
    return JSON.parse(lasting?.getItem(key) ?? null);
  } catch {
    return null;
  }
};

/** All conversations, the latest first: {id, title, updated, turns}. */
export function conversations() {
  return Object.keys(lasting ?? {})
    .filter((key) => key.startsWith(PREFIX))
    .map(read)
    .filter((each) => each && Array.isArray(each.turns) && each.turns.length)
    .sort((one, other) => other.updated - one.updated);
}

/** A conversation that this page is going to show; null where there is none. */
export function conversation(id) {
  const found = read(PREFIX + id);
  if (!Array.isArray(found?.turns)) return null;
  seen.set(id, found.updated);
  return found;
}

export const remove = (id) => lasting?.removeItem(PREFIX + id);

/** Which conversation this page shows, also after a reload: '' for none yet. */
export const current = () => ofThisPage?.getItem(CURRENT) ?? '';

/** `asked`: the part of the address that asked for it, '' where it was asked by hand. */
export function setCurrent(id, asked) {
  ofThisPage?.setItem(CURRENT, id);
  ofThisPage?.setItem(ASKED, asked);
}

/** Whether what the address asks is what this page has shown before it was loaded again. */
export const isAsked = (asked) => ofThisPage?.getItem(ASKED) === asked;

/**
 * Keep a conversation: { id, problem }. It gets another id where another page, perhaps a copy of this one, went on with
 * it meanwhile: from there on they are two. `problem`: the string that says what was lost for want of room, or ''.
 */
export function keep(id, turns) {
  const there = read(PREFIX + id);
  if (there && there.updated !== seen.get(id)) id = newName();
  if (!turns.length) {
    remove(id);
    return { id, problem: '' };
  }
  const updated = Date.now();
  const text = JSON.stringify({ id, title: turns[0].question, updated, turns });
  seen.set(id, updated);
  for (let problem = lasting ? '' : 'not_kept'; ; problem = 'history_full') {
    try {
      lasting?.setItem(PREFIX + id, text);
      return { id, problem };
    } catch {
      const oldest = conversations().filter((each) => each.id !== id).pop();
      if (!oldest) return { id, problem: 'not_kept' };
      remove(oldest.id);
    }
  }
}
