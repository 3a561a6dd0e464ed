// The bar at the top: new conversation, history, documents, downloads, help, and the language of the page.
import { button, element, openDialog } from './dom.js';
import { mountDocuments } from './documents.js';
import { forgetGiven } from './feedback.js';
import { mountHelp } from './help.js';
import * as history from './history.js';
import { pageLanguage, problemOf, t } from './strings.js';

const LANGUAGES = { ar: 'العربية', zh: '中文', en: 'English', fr: 'Français', ru: 'Русский', es: 'Español' };
const SAVED_WITHIN = 60_000; // milliseconds that a browser may take to save what it has
const FORMATS = { docx: 'DOCX', markdown: 'Markdown', json: 'JSON' };

export function mountBar(place, { turns, tell, onNew, onOpen, onDocuments, isCurrent }) {
  const help = button('?', () => {}, { class: 'qa-button qa-help' });
  const introduction = element('p', { class: 'qa-introduction' });
  const bar = element(
    'header',
    { class: 'qa-bar' },
    element('a', { class: 'qa-skip', href: '#qa-question', onclick: skip }, t('page.skip')),
    element('div', { class: 'qa-name' }, element('h1', {}, t('page.title')), introduction),
    element(
      'nav',
      { class: 'qa-menu' },
      button(t('page.new'), onNew, { id: 'qa-new' }),
      button(t('page.history'), () => showHistory({ onOpen, onNew, isCurrent }), { id: 'qa-history' }),
      button(t('page.documents'), () => showDocuments(onDocuments), { id: 'qa-documents' }),
      downloads(turns, tell),
      help,
      languages(),
    ),
  );
  place.append(bar);
  mountHelp(help);
  return {
    /** How many paragraphs of how many documents there are. */
    introduce: ({ paragraphs, documents }) => {
      introduction.textContent = t('page.introduction', {
        paragraphs: t('answer.paragraphs', { count: paragraphs }),
        documents: t('answer.documents', { count: documents }),
      });
    },
  };
}

function skip(event) {
  event.preventDefault();
  document.getElementById('qa-question').focus();
}

function languages() {
  const select = element('select', {
    id: 'qa-language',
    class: 'qa-select',
    'aria-label': t('page.language'),
    onchange: () => {
      const year = 365 * 24 * 3600;
      document.cookie = `qa-lang=${select.value}; path=/; max-age=${year}; SameSite=Strict`;
      location.reload();
    },
  });
  for (const [code, name] of Object.entries(LANGUAGES)) {
    select.append(element('option', { value: code, lang: code, selected: code === pageLanguage() }, name));
  }
  return select;
}

function downloads(turns, tell) {
  const menu = element('div', { id: 'qa-download-menu', class: 'qa-popover', popover: 'auto' });
  const opener = button(t('page.download'), () => {}, { id: 'qa-download', popovertarget: 'qa-download-menu' });
  for (const [format, name] of Object.entries(FORMATS)) {
    const act = () => {
      menu.hidePopover();
      download(format, turns(), tell);
    };
    menu.append(button(t('page.download_as', { format: name }), act, { 'data-format': format }));
  }
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'open') return;
    const at = opener.getBoundingClientRect();
    menu.style.top = `${at.bottom + 4}px`;
    const left = Math.min(at.left, window.innerWidth - menu.offsetWidth - 8);
    menu.style.left = `${Math.max(8, left)}px`;
  });
  return element('span', {}, opener, menu);
}

async function download(format, turns, tell) {
  tell('');
  if (!turns.length) {
    tell(t('page.nothing_to_download'));
    return;
  }
  try {
    const answer = await fetch('api/export', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ format, conversation: turns }),
    });
    if (!answer.ok) {
      tell(await problemOf(answer));
      return;
    }
    const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('Content-Disposition') ?? '');
    const address = URL.createObjectURL(await answer.blob());
    const link = element('a', { href: address, download: named ? decodeURIComponent(named[1]) : `conversation.${format}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), SAVED_WITHIN);
  } catch {
    tell(t('errors.unreachable'));
  }
}

function showHistory({ onOpen, onNew, isCurrent }) {
  const list = element('ul', { class: 'qa-history-list' });
  const content = element('div', {}, element('p', { class: 'qa-note' }, t('page.history_note')), list);
  const dialog = openDialog(t('page.history'), t('page.close'), content, 'qa-history-dialog');
  const draw = () => {
    const kept = history.conversations();
    list.replaceChildren(...kept.map(entry));
    if (!kept.length) list.append(element('li', {}, t('page.history_empty')));
    else list.append(element('li', {}, button(t('page.delete_all'), () => dropAll(kept))));
  };
  const drop = (gone) => {
    gone.forEach((each) => history.remove(each.id));
    if (gone.some((each) => isCurrent(each.id))) onNew();
    draw();
    dialog.querySelector('button').focus(); // the one that was pressed is gone
  };
  const dropAll = (kept) => {
    forgetGiven();
    drop(kept);
  };
  const entry = (each) => {
    const when = new Date(each.updated).toLocaleString(`${pageLanguage()}-u-nu-latn`, { dateStyle: 'medium', timeStyle: 'short' });
    const open = button('', () => {
      dialog.close();
      onOpen(each.id);
    }, { class: 'qa-history-entry', 'aria-current': isCurrent(each.id) ? 'true' : null });
    open.append(
      element('bdi', { class: 'qa-history-title' }, each.title),
      element('span', { class: 'qa-note' }, `${t('page.questions', { count: each.turns.length })} · ${when}`),
    );
    const label = `${t('page.delete')}: ${each.title}`;
    return element('li', {}, open, button(t('page.delete'), () => drop([each]), { 'aria-label': label }));
  };
  draw();
}

let documents = null; // one panel as long as the page lasts: uploads go on while its dialog is closed

function showDocuments(onChange) {
  const isNew = documents === null;
  documents ??= { content: element('div', { class: 'qa-documents-place' }) };
  openDialog(t('page.documents'), t('page.close'), documents.content, 'qa-documents-dialog');
  if (isNew) documents.again = mountDocuments(documents.content, { onChange });
  else documents.again();
}
