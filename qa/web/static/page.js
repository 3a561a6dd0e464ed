// The page: puts its parts together once Gradio is there.
import { decorate, copyText } from './answers.js';
import { mountBar } from './bar.js';
import { createChat } from './chat.js';
import { mountComposer } from './composer.js';
import { element } from './dom.js';
import { mountFilters } from './filters.js';
import * as history from './history.js';
import { createSource } from './source.js';
import { direction, loadStrings, pageLanguage, t } from './strings.js';
import { offerTranslations } from './translate.js';
import { mountWelcome } from './welcome.js';

const part = (id) => document.getElementById(id);

/** Resolves when Gradio has put its parts on the page. */
const gradioIsThere = () =>
  new Promise((resolve) => {
    const ready = () => part('qa-request')?.querySelector('textarea, input') && part('qa-chat');
    if (ready()) return resolve();
    const observer = new MutationObserver(() => {
      if (!ready()) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document, { childList: true, subtree: true });
  });

/** Put the page's own parts around Gradio's chat. */
function furnish() {
  const place = {
    bar: element('div', { id: 'qa-bar' }),
    panel: element('section', { id: 'qa-panel', 'aria-label': t('page.source') }),
    filters: element('div', { id: 'qa-filters' }),
    composer: element('div', { id: 'qa-composer' }),
  };
  const alert = element('div', { id: 'qa-alert', role: 'alert' });
  part('qa-chat').dir = document.documentElement.dir;
  part('qa-chat').querySelector('[role=log]')?.setAttribute('aria-label', t('page.chat'));
  part('qa-room').before(place.bar);
  part('qa-talk').append(alert, place.filters, place.composer);
  part('qa-room').append(place.panel);
  return { place, alert };
}

async function start() {
  await Promise.all([loadStrings(), gradioIsThere()]);
  document.documentElement.lang = pageLanguage();
  document.documentElement.dir = direction(pageLanguage());
  document.title = t('page.title');

  const { place, alert } = furnish();
  const tell = (text) => (alert.textContent = text);
  let id = '';

  const bar = mountBar(place.bar, {
    turns: () => chat.turns,
    tell,
    onNew: begin,
    onOpen: open,
    onDocuments: () => {
      welcome.forget();
      filters.refresh();
    },
    isCurrent: (other) => other === id,
  });
  const source = createSource(place.panel, {});
  const chat = createChat({
    onBusy: (busy) => {
      if (busy) tell('');
      composer.busy(busy);
    },
    onProblem: (message, question) => {
      tell(message);
      composer.fill(question);
    },
    onAnswer: (turns, asked) => {
      if (history.keep(id, turns)) tell(t('page.history_full'));
      scheduleDecoration(asked);
    },
  });
  const filters = mountFilters(place.filters, {
    onCollection: (collection) => welcome.of(collection),
    onTotals: (totals) => bar.introduce(totals),
  });
  const composer = mountComposer(place.composer, {
    onAsk: (question, turn) => ask(question, { turn }),
    onStop: () => composer.fill(chat.stop()),
  });
  const welcome = mountWelcome({ onAsk: (question) => ask(question) });

  function ask(question, wanted = {}) {
    if (chat.busy) return;
    chat.ask(question, { ...filters.wanted(), ...wanted });
  }

  function begin() {
    id = crypto.randomUUID();
    history.setCurrent(id);
    tell('');
    composer.fill('');
    chat.open([]);
  }

  function open(conversation) {
    id = conversation.id;
    history.setCurrent(id);
    tell('');
    chat.open(conversation.turns);
  }

  // What Gradio draws it may draw again, so answers get their controls whenever new ones appear.
  let shownFirst = false;
  function scheduleDecoration(asked = false) {
    shownFirst ||= asked;
    requestAnimationFrame(() => {
      welcome.fill();
      const answers = decorate(part('qa-chat'), chat.turns, {
        busy: () => chat.busy,
        onAgain: (turn, number) => ask(turn.question, { ...wantedOf(turn), turn: number }),
        onSearch: (turn, number, searched) => ask(turn.question, { ...wantedOf(turn), searched, turn: number }),
        onEdit: (turn, number) => composer.edit(turn.question, number),
        onUndo: (turn, number) => {
          composer.fill(turn.question);
          chat.undo(number);
        },
        onLink: (turn) => copyText(linkTo(turn)),
      });
      offerTranslations(part('qa-chat'));
      const newest = answers[chat.turns.length - 1];
      if (!newest || chat.busy || !shownFirst) return;
      shownFirst = false;
      showCitations(chat.turns.length - 1, newest);
      scrollToQuestion(newest);
    });
  }
  new MutationObserver(() => scheduleDecoration()).observe(part('qa-chat'), { childList: true, subtree: true });

  const wantedOf = (turn) => (turn.kind === 'answer' ? { collection: turn.collection, filters: turn.filters } : {});

  function linkTo(turn) {
    const address = new URL(location.href);
    address.hash = '';
    address.search = new URLSearchParams([['q', turn.question], ...(turn.kind === 'answer' ? filters.asParameters(turn) : [])]);
    return address.href;
  }

  /** The citations of an answer, in the order of the page, for going from one to the next. */
  function citationsOf(number, answer) {
    const hits = new Map((chat.turns[number]?.hits ?? []).map((hit) => [hit.number, hit]));
    return [...answer.querySelectorAll('.qa-hit a.qa-cite')].map((link) => ({
      anchor: link.getAttribute('href'),
      words: hits.get(Number(link.textContent.replace(/\D/g, '')))?.words ?? [],
      number: Number(link.textContent.replace(/\D/g, '')),
    }));
  }

  function showCitations(number, answer, anchor, smooth = false) {
    const citations = citationsOf(number, answer);
    source.setCitations(citations);
    const wanted = anchor ?? citations[0]?.anchor;
    if (!wanted) return;
    const words = citations.find((each) => each.anchor === wanted)?.words ?? [];
    source.show(wanted, { smooth, words, remember: smooth });
  }

  function scrollToQuestion(answer) {
    let box = answer.parentElement;
    while (box && box !== document.body && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
    if (!box?.closest('#qa-chat')) return;
    const above = 120; // pixels kept for the question above its answer
    box.scrollTop += answer.getBoundingClientRect().top - box.getBoundingClientRect().top - above;
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('#qa-chat a.qa-cite');
    if (!link) return;
    event.preventDefault();
    const answer = link.closest('.qa-answer');
    showCitations(Number(answer.dataset.turn), answer, link.getAttribute('href'), true);
  });

  window.addEventListener('hashchange', () => location.hash && source.show(location.hash, { smooth: true }));

  const parameters = new URLSearchParams(location.search);
  const question = parameters.get('q');
  const kept = history.conversation(history.current());
  await filters.ready;
  if (question && kept?.title !== question) {
    begin();
    filters.fromParameters(parameters);
    setTimeout(() => ask(question), 0);
  } else if (kept) {
    open(kept);
    if (!location.hash) scheduleDecoration(true);
  } else {
    id = crypto.randomUUID();
    history.setCurrent(id);
    scheduleDecoration();
  }
  if (location.hash) source.show(location.hash, { smooth: false });
  document.documentElement.dataset.qaReady = 'yes';
}

start();
