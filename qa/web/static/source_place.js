// Places in the source panel: anchors, the paragraph and sentence they lead to, marking these, scrolling there.
// The same anchors are written and read by qa/web/anchors.py.
import { element } from './dom.js';

const ANCHOR = /^#?(own\/)?([^/]+)\/para-([^/]+)(?:\/s(\d{1,6}))?$/;

/** What an anchor leads to: `{ collection, doc, key, sentence }`, `sentence` null for a whole paragraph; or null. */
export function parseAnchor(anchor) {
  const found = ANCHOR.exec(anchor);
  if (!found) return null;
  try {
    return {
      collection: found[1] ? 'own' : 'library',
      doc: decodeURIComponent(found[2]),
      key: decodeURIComponent(found[3]),
      sentence: found[4] === undefined ? null : Number(found[4]),
    };
  } catch {
    return null; // a "%" with no code behind it
  }
}

export function anchorOf({ collection, doc, key, sentence }) {
  const own = collection === 'own' ? 'own/' : '';
  const behind = sentence === null ? '' : `/s${sentence}`;
  return `#${own}${encodeURIComponent(doc)}/para-${encodeURIComponent(key)}${behind}`;
}

/** Whether two anchors lead to the same place, however they are encoded. */
export function samePlace(one, other) {
  const [here, there] = [parseAnchor(one), parseAnchor(other)];
  return Boolean(here && there) && anchorOf(here) === anchorOf(there);
}

/** The paragraph of that key; null where the document has none. */
export const findParagraph = (text, key) =>
  [...text.querySelectorAll('.qa-paragraph[data-key]')].find((each) => each.dataset.key === key) ?? null;

const piecesOf = (paragraph, sentence) => [...paragraph.querySelectorAll(`[data-sentence="${sentence}"]`)];
const withoutBlanks = (text) => text.replace(/\s+/g, '');

/** Whether a sentence of a paragraph says what was quoted of it; where nothing was, it does. */
export function says(paragraph, sentence, quote) {
  if (sentence === null || !quote) return true;
  const text = piecesOf(paragraph, sentence).map((piece) => piece.textContent).join('');
  return withoutBlanks(text) === withoutBlanks(quote);
}

/** Mark a paragraph and a sentence of it; `words`: pairs of places, in Unicode's characters, within the sentence. */
export function mark(paragraph, sentence, words) {
  paragraph.classList.add('qa-cited');
  if (sentence === null) return;
  const pieces = piecesOf(paragraph, sentence);
  const places = unitsOf(pieces.map((piece) => piece.textContent).join(''));
  const ranges = words.map((word) => word.map((place) => places[place])).filter(([from, to]) => from < to);
  let at = 0;
  for (const piece of pieces) {
    const length = piece.textContent.length;
    piece.classList.add('qa-marked');
    emphasise(piece, ranges.map(([from, to]) => [Math.max(from - at, 0), Math.min(to - at, length)]));
    at += length;
  }
}

/** Take all marks off again. */
export function unmark(text) {
  text.querySelectorAll('.qa-cited').forEach((paragraph) => paragraph.classList.remove('qa-cited'));
  for (const piece of text.querySelectorAll('.qa-marked')) {
    piece.classList.remove('qa-marked');
    piece.textContent = piece.textContent;
  }
}

/** Where each character of a text, and its end, stands in the units that JavaScript counts. */
function unitsOf(text) {
  const places = [0];
  for (const character of text) places.push(places[places.length - 1] + character.length);
  return places;
}

function emphasise(piece, ranges) {
  const text = piece.textContent;
  const parts = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from < at || from >= to) continue;
    parts.push(text.slice(at, from), element('b', {}, text.slice(from, to)));
    at = to;
  }
  piece.replaceChildren(...[...parts, text.slice(at)].filter((part) => part !== ''));
}

const FAR = 4; // heights of the panel; what is farther away is jumped to
const FRAMES = 5;
const LONGEST_SCROLL = 1500; // milliseconds
const underway = new WeakMap(); // what ends the way that a box is on

/** Scroll a paragraph to a quarter from the top of the box that it scrolls in; `smooth`: the way there is seen. */
export function scrollTo(box, paragraph, smooth) {
  underway.get(box)?.abort();
  const over = new AbortController();
  underway.set(box, over);
  const options = { signal: over.signal, passive: true };
  // What the reader does meanwhile counts more.
  for (const kind of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    box.addEventListener(kind, () => over.abort(), options);
  }
  setTimeout(() => over.abort(), LONGEST_SCROLL);

  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const away = distance(box, paragraph);
  if (!smooth || calm || Math.abs(away) > FAR * box.clientHeight) {
    settle(box, paragraph, FRAMES, over.signal);
    return;
  }
  // Paragraphs out of sight have only the height that they are thought to have, so the way may turn out longer or
  // shorter than it looked.
  box.addEventListener('scrollend', () => settle(box, paragraph, FRAMES, over.signal), { ...options, once: true });
  box.scrollTo({ top: box.scrollTop + away, behavior: 'smooth' });
}

const distance = (box, paragraph) =>
  paragraph.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 4;

function settle(box, paragraph, frames, over) {
  if (over.aborted) return;
  box.scrollTo({ top: box.scrollTop + distance(box, paragraph), behavior: 'instant' });
  if (frames > 1) requestAnimationFrame(() => settle(box, paragraph, frames - 1, over));
}
