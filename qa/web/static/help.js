// Help at hand: how to read an answer, which keys there are, and what this installation is made of.
import { button, element, openDialog } from './dom.js';
import { pageLanguage, problemOf, t } from './strings.js';

const READING = ['quotations', 'marks', 'relevance', 'line', 'table', 'perhaps', 'searched'];
const KEYS = [
  ['Enter', 'about.key_send'],
  ['Shift + Enter', 'about.key_line'],
  ['Alt + ↓', 'source.next'],
  ['Alt + ↑', 'source.previous'],
  ['Tab', 'about.key_tab'],
  ['Esc', 'about.key_close'],
];
const UNITS = [['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** Let buttons open the help. */
export function mountHelp(...buttons) {
  for (const each of buttons) {
    each.setAttribute('aria-label', t('about.help'));
    each.setAttribute('aria-haspopup', 'dialog');
    each.addEventListener('click', () => openDialog(t('about.help'), t('about.close'), help(), 'qa-help-dialog'));
  }
}

/** Two tabs, as the ARIA practices have them: one tab stop, arrows go from one to the other. */
function help() {
  const about = element('div', { 'aria-live': 'polite' }, element('p', {}, t('about.loading')));
  const parts = [
    ['reading', reading()],
    ['about', about],
  ].map(([name, content]) => ({
    tab: button(t(`about.${name}`), () => choose(name), {
      role: 'tab', id: `qa-help-tab-${name}`, 'aria-controls': `qa-help-${name}`, class: 'qa-button qa-tab',
    }),
    panel: element('div', {
      role: 'tabpanel', id: `qa-help-${name}`, 'aria-labelledby': `qa-help-tab-${name}`, tabindex: 0, class: 'qa-help-panel',
    }, content),
    name,
  }));
  const choose = (name) => {
    for (const part of parts) {
      const chosen = part.name === name;
      part.tab.setAttribute('aria-selected', String(chosen));
      part.tab.tabIndex = chosen ? 0 : -1;
      part.panel.hidden = !chosen;
    }
  };
  const tabs = element('div', { role: 'tablist', 'aria-label': t('about.help'), class: 'qa-tabs', onkeydown: (event) => {
    const at = parts.findIndex((part) => part.tab === document.activeElement);
    if (at < 0 || !['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const next = event.key === 'Home' ? parts[0] : event.key === 'End' ? parts.at(-1) : parts[(at + 1) % parts.length];
    choose(next.name);
    next.tab.focus();
  } }, ...parts.map((part) => part.tab));
  choose('reading');
  fillAbout(about);
  return element('div', { class: 'qa-help-content' }, tabs, ...parts.map((part) => part.panel));
}

function reading() {
  const texts = READING.flatMap((name) => [element('h3', {}, t(`about.${name}`)), element('p', {}, t(`about.${name}_text`))]);
  const keys = KEYS.map(([key, does]) => [element('kbd', {}, key), t(does)]);
  return element('div', {}, ...texts, element('h3', {}, t('about.keys')), pairs(keys));
}

async function fillAbout(place) {
  try {
    const answer = await fetch('api/about');
    const shown = answer.ok ? described(await answer.json()) : [element('p', {}, await problemOf(answer))];
    place.replaceChildren(...shown);
  } catch {
    place.replaceChildren(element('p', {}, t('errors.unreachable')));
  }
}

/** What `/api/about` says (qa/about.py), for people. */
function described(about) {
  const locale = `${pageLanguage()}-u-nu-latn`;
  const number = (value) => new Intl.NumberFormat(locale).format(value);
  const names = new Intl.DisplayNames([pageLanguage()], { type: 'language', fallback: 'code' });
  const day = (iso) => (iso.length === 10 ? new Date(iso).toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' }) : iso);
  const languages = about.languages.map((each) => `${nameOf(names, each.code)}: ${number(each.paragraphs)}`);
  const dates = [[...new Set(about.dates)].map(day).join(' – ')];
  if (about.undated) dates.push(t('about.undated', { count: about.undated }));
  const built = about.age === null ? [t('about.unknown')] : [
    new Date(about.built).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' }),
    ago(about.age, locale),
  ];
  return [
    pairs([
      [t('about.documents'), number(about.documents)],
      [t('about.paragraphs'), number(about.paragraphs)],
      [t('about.characters'), number(about.characters)],
      [t('about.languages'), languages.join(' · ')],
      [t('about.dates'), dates.filter(Boolean).join(' · ')],
      [t('about.built'), built.join(' · ')],
      [t('about.state'), element('code', {}, about.state || t('about.unknown'))],
      [t('about.model'), element('code', {}, `${about.model} · ${about.fingerprint}`)],
      [t('about.versions'), element('code', {}, Object.entries(about.versions).map((each) => each.join(' ')).join(' · '))],
    ]),
    element('p', { class: 'qa-note' }, t('about.models')),
  ];
}

/** The name of a language; its code where the browser does not know it or it is none. */
function nameOf(names, code) {
  try {
    return names.of(code);
  } catch {
    return code;
  }
}

function ago(seconds, locale) {
  const [unit, length] = UNITS.find((each) => seconds >= each[1]) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / length), unit);
}

const pairs = (rows) =>
  element('dl', { class: 'qa-pairs' }, ...rows.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, element('bdi', {}, value)),
  ]));
