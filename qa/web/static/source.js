// The source panel: the whole document, scrolled to the cited paragraph, its sentence marked.
import { button, element } from './dom.js';
import { parsed } from './markup.js';
import { createBar } from './source_bar.js';
import { findParagraph, mark, parseAnchor, samePlace, says, scrollTo, unmark } from './source_place.js';
import { problemOf, t } from './strings.js';
import { offerTranslations } from './translate.js';

const KEPT = 6; // documents kept in memory
const OFFERED = 100; // documents in the list that an empty panel shows
const PATIENCE = 250; // milliseconds before it is said that a document is being opened

/**
 * Make the panel in `panel`, empty at first. `onShown({ anchor, document })` is called for each place that is shown.
 *
 * `show(anchor, { smooth, words, quote, remember })` opens the document, scrolls to the place and marks it; `smooth`:
 * because the visitor asked for it, so the way is shown and the paragraph gets the focus; `words`: places of words in
 * the sentence; `quote`: what was quoted of it, so that it is told where it says something else now; `remember`: the
 * address becomes that of the place. A promise of whether it is shown.
 * `open(doc, collection)` shows a document from its beginning. `setCitations([{ anchor, words, quote, number }])`: what the
 * buttons and Alt with the arrow keys go through, with `step(1 or -1)`. `offer([{ value, label, note }], collection)`:
 * documents to be opened, listed while none is. `forget()`: documents may have changed.
 */
export function createSource(panel, { onShown = () => {} } = {}) {
  const kept = new Map();
  let citations = [];
  let position = -1;
  let current = null; // { anchor, words, quote } of the place that is shown
  let shown = null; // the document that is shown, as the server told of it
  let besideWanted = ''; // language of a version; stays wanted from document to document
  let asked = 0; // counts what was asked for: only the last counts

  const bar = createBar({ onStep: step, onBeside: beside, onOpen: (doc) => open(doc, shown.collection) });
  const note = element('p', { class: 'qa-source-note', role: 'status' });
  const text = element('div', { class: 'qa-source-text' });
  panel.replaceChildren(element('div', { class: 'qa-source' }, bar.element, note, text));
  say(t('source.empty'));

  function say(message) {
    note.textContent = message;
    note.hidden = !message;
  }

  async function fetched(collection, doc, wanted) {
    const parameters = new URLSearchParams({ doc, collection });
    if (wanted) parameters.set('beside', wanted);
    const name = parameters.toString();
    if (kept.has(name)) return kept.get(name);
    let answer;
    let document;
    try {
      answer = await fetch(`api/source?${name}`, { cache: 'no-cache' });
      if (answer.ok) document = { ...(await answer.json()), name };
    } catch {
      throw new Error(t('errors.unreachable'));
    }
    if (!document) throw new Error(await problemOf(answer));
    kept.set(name, document);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return document;
  }

  /** Have a document in the panel; whether it is there, and nothing else was asked for meanwhile. */
  async function opened(collection, doc, turn) {
    const waiting = setTimeout(() => turn === asked && say(t('source.loading')), PATIENCE);
    let document = null;
    let problem = '';
    try {
      document = await fetched(collection, doc, besideWanted);
    } catch (error) {
      problem = error.message;
    }
    clearTimeout(waiting);
    if (turn !== asked) return false;
    say(problem);
    if (document !== shown) draw(document);
    return document !== null;
  }

  function draw(document) {
    shown = document;
    text.replaceChildren(...(document ? [parsed(document.html)] : []));
    text.scrollTop = 0;
    if (document) offerTranslations(text);
  }

  function tell() {
    bar.update({
      document: shown,
      place: current && parseAnchor(current.anchor),
      number: citations[position]?.number ?? 1,
      position,
      total: citations.length,
    });
  }

  async function show(anchor, { smooth = false, words, quote, remember = false } = {}) {
    const place = parseAnchor(anchor);
    if (!place) return false;
    const turn = ++asked;
    const at = citations[position] && samePlace(citations[position].anchor, anchor) ? position : indexOf(anchor);
    const cited = { anchor, words: words ?? citations[at]?.words ?? [], quote: quote ?? citations[at]?.quote ?? '' };
    let there = await opened(place.collection, place.doc, turn);
    if (turn !== asked) return false;
    const found = () => there && findParagraph(text, place.key);
    const isQuoted = () => paragraph && says(paragraph, place.sentence, cited.quote);
    let paragraph = found();
    if (there && !isQuoted()) {
      // Perhaps what is kept is older than the citation.
      kept.delete(shown.name);
      there = await opened(place.collection, place.doc, turn);
      if (turn !== asked) return false;
      paragraph = found();
      if (there && !isQuoted()) say(t(paragraph ? 'source.sentence_gone' : 'source.passage_gone'));
    }
    position = at;
    current = paragraph ? cited : null;
    unmark(text);
    tell();
    if (smooth) bringIntoView();
    if (!paragraph) return false;
    mark(paragraph, isQuoted() ? place.sentence : null, current.words);
    scrollTo(text, paragraph, smooth);
    if (smooth) {
      paragraph.tabIndex = -1;
      paragraph.focus({ preventScroll: true });
    }
    // The page has a base address, which an anchor alone would count from: the question in the address would be lost.
    if (remember) history.replaceState(history.state, '', location.pathname + location.search + anchor);
    onShown({ anchor, document: shown });
    return true;
  }

  /** Where the panel stands below the chat, as on a phone, a click has to lead there. */
  function bringIntoView() {
    const { top, bottom } = panel.getBoundingClientRect();
    const middle = window.innerHeight / 2;
    if (top < middle && bottom > middle) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    panel.scrollIntoView({ behavior: calm ? 'instant' : 'smooth', block: 'start' });
  }

  async function open(doc, collection = 'library') {
    if (!(await opened(collection, doc, ++asked))) {
      tell();
      return false;
    }
    position = -1;
    current = null;
    unmark(text);
    text.scrollTop = 0;
    tell();
    return true;
  }

  async function beside(language) {
    besideWanted = language;
    if (current) await show(current.anchor, current);
    else await open(shown.doc, shown.collection);
    // The button that was clicked has been replaced by another one.
    (bar.element.querySelector(`[data-language="${language}"]`) ?? bar.element.querySelector('[data-language]'))?.focus();
  }

  function offer(documents, collection) {
    if (shown || note.textContent !== t('source.empty')) return;
    const entry = ({ value, label, note: about }) => {
      const opener = button('', () => open(value, collection), { class: 'qa-button qa-source-open' });
      opener.append(element('bdi', {}, label), ' ', element('span', { class: 'qa-note' }, about));
      return element('li', {}, opener);
    };
    const list = element('ul', { class: 'qa-source-list' }, ...documents.slice(0, OFFERED).map(entry));
    text.replaceChildren(element('h2', {}, t('source.read')), list);
  }

  const indexOf = (anchor) => citations.findIndex((citation) => samePlace(citation.anchor, anchor));

  function setCitations(list) {
    citations = list;
    position = current ? indexOf(current.anchor) : -1;
    tell();
  }

  async function step(by) {
    const next = position < 0 && by < 0 ? citations.length - 1 : position + by;
    if (!citations[next]) return false;
    position = next;
    return show(citations[next].anchor, { smooth: true, remember: true });
  }

  // For the same reason a paragraph's number, which is a link to it, must not be followed by the browser.
  text.addEventListener('click', (event) => {
    const link = event.target.closest('a.qa-number');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = link.getAttribute('href');
  });

  document.addEventListener('keydown', (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!citations.length || event.target.closest?.('select')) return; // there the key opens the list
    event.preventDefault();
    step(by);
  });

  return { show, open, setCitations, step, offer, forget: () => kept.clear() };
}
