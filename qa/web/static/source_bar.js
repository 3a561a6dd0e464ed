// The head of the source panel: what document this is, the way from citation to citation, what can be taken away.
import { button, copyText, element } from './dom.js';
import { anchorOf } from './source_place.js';
import { problemOf, t } from './strings.js';

const FORMATS = { plain: '', markdown: 'Markdown', html: 'HTML', bibtex: 'BibTeX', ris: 'RIS', csl: 'CSL-JSON' };
const SAID_FOR = 2500; // milliseconds

/**
 * `onStep(1 or -1)`: to the next or the previous citation; `onBeside(language or '')`; `onOpen(doc)`: another document.
 * `update` shows `{ document, place, number, position, total }`: as the server tells of a document, a place as
 * `parseAnchor` gives it or null, the citation's number, and which of how many citations it is, from 0, or -1.
 */
export function createBar({ onStep, onBeside, onOpen }) {
  let now = { document: null, place: null, number: 1 };
  const step = (label, sign, key, by) =>
    button(sign, () => onStep(by), {
      class: 'qa-button qa-source-step',
      'aria-label': label,
      title: `${label} (Alt+${sign})`,
      'aria-keyshortcuts': `Alt+${key}`,
    });
  const previous = step(t('source.previous'), '↑', 'ArrowUp', -1);
  const next = step(t('source.next'), '↓', 'ArrowDown', 1);
  const position = element('span', { class: 'qa-source-position', 'aria-live': 'polite' });
  const steps = group(t('source.citations'), previous, position, next);

  const said = element('span', { class: 'qa-source-said', role: 'status' });
  const byHand = element('div', { class: 'qa-source-by-hand' });
  const copyLink = button(t('source.copy_link'), () => copy(address(now.place)), { class: 'qa-button qa-source-link' });
  const { opener, menu } = formats((format) => cite(format));
  const versions = group(t('source.show_beside'));
  versions.classList.add('qa-source-versions');
  const tools = element('div', { class: 'qa-source-tools' }, steps, copyLink, opener, menu, versions, said);
  const head = element('div', { class: 'qa-source-about' });
  const bar = element('header', { class: 'qa-source-head', hidden: true }, tools, byHand, head);

  function say(text) {
    said.textContent = text;
    setTimeout(() => said.textContent === text && (said.textContent = ''), SAID_FOR);
  }

  async function copy(text) {
    byHand.replaceChildren();
    if (await copyText(text)) {
      say(t('source.copied'));
      return;
    }
    const field = element('textarea', { readonly: true, rows: 4, 'aria-label': t('source.copy_by_hand') });
    field.value = text;
    byHand.append(t('source.copy_by_hand'), field, button(t('source.close'), () => byHand.replaceChildren()));
    field.select();
  }

  async function cite(format) {
    const { place, number } = now;
    const asked = new URLSearchParams({ passage: `${place.doc}#${place.key}`, collection: place.collection, format, number });
    if (place.sentence !== null) asked.set('sentence', place.sentence);
    let answer;
    try {
      answer = await fetch(`api/cite?${asked}`);
    } catch {
      say(t('errors.unreachable'));
      return;
    }
    if (answer.ok) await copy((await answer.json()).text);
    else say(await problemOf(answer));
  }

  function update({ document, place, number, position: at, total }) {
    if (now.document !== document) {
      head.replaceChildren(...(document ? about(document, onOpen) : []));
      versions.replaceChildren(...(document ? besides(document, onBeside) : []));
      versions.hidden = !document?.versions.length;
    }
    now = { document, place, number };
    bar.hidden = !document && !total;
    steps.hidden = !total;
    previous.disabled = at === 0;
    next.disabled = at === total - 1;
    position.textContent = at < 0 ? '' : t('source.position', { number: at + 1, total });
    copyLink.disabled = opener.disabled = !document || !place;
  }

  return { element: bar, update };
}

const group = (label, ...children) => element('span', { class: 'qa-source-group', role: 'group', 'aria-label': label }, ...children);

/** The address of a place, to be given to others. */
function address(place) {
  const url = new URL(location.href);
  url.search = '';
  url.hash = anchorOf(place);
  return url.href;
}

/** A button that opens the list of formats. */
function formats(onChoose) {
  const menu = element('div', { id: 'qa-source-formats', class: 'qa-popover', popover: 'auto' });
  const opener = button(t('source.copy_citation'), () => {}, {
    class: 'qa-button qa-source-cite',
    popovertarget: 'qa-source-formats',
  });
  for (const [format, name] of Object.entries(FORMATS)) {
    const choose = () => {
      menu.hidePopover();
      onChoose(format);
    };
    menu.append(button(name || t('source.plain'), choose, { 'data-format': format }));
  }
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'open') return;
    const at = opener.getBoundingClientRect();
    menu.style.top = `${at.bottom + 4}px`;
    menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - menu.offsetWidth - 8))}px`;
  });
  return { opener, menu };
}

/** A button for each version, and one that closes the version shown beside. */
function besides(document, onBeside) {
  const buttons = document.versions.map(({ language, name }) =>
    button(name, () => onBeside(language === document.beside ? '' : language), {
      'aria-label': t('source.beside', { name }),
      'aria-pressed': String(language === document.beside),
      'data-language': language,
      title: t('source.beside', { name }),
    }),
  );
  if (!buttons.length) return [];
  if (document.beside) {
    const label = t('source.close_beside');
    buttons.push(button('×', () => onBeside(''), { class: 'qa-button qa-source-close', 'aria-label': label, title: label }));
  }
  return [t('source.show_beside'), ...buttons];
}

/** Title, symbol, date, language and file of a document, and what amends it. */
function about(document, onOpen) {
  const facts = [document.symbol, document.date, document.language_name, document.file].filter(Boolean);
  const line = element('p', { class: 'qa-source-facts' });
  facts.forEach((fact, place) => line.append(...(place ? [' · '] : []), element('bdi', {}, fact)));
  const parts = [
    element('h2', { class: 'qa-source-title', lang: document.language, dir: document.direction }, document.title),
    line,
  ];
  if (document.related.length) {
    const links = document.related.map(({ doc, words }) => button(words, () => onOpen(doc), { 'data-doc': doc }));
    parts.push(element('p', { class: 'qa-source-related' }, ...links));
  }
  return parts;
}
