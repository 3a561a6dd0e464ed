// The page: puts its parts together once Gradio is there.
import { decorate, copyText } from './answers.js';
import { mountBar } from './bar.js';
import { createChat } from './chat.js';
import { mountComposer } from './composer.js';
import { element } from './dom.js';
import { mountFilters } from './filters.js';
import * as history from './history.js';
import { createSource } from './source.js';
import { samePlace } from './source_place.js';
import { newName } from './storage.js';
import { direction, loadStrings, pageLanguage, t } from './strings.js';
import { offerTranslations } from './translate.js';
import { mountWelcome } from './welcome.js';
import { createWriting, loadWriter, mountChoices, rewritten } from './writing.js';

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
    choices: element('div', { id: 'qa-writing' }),
  };
  const alert = element('div', { id: 'qa-alert', role: 'alert' });
  part('qa-chat').dir = document.documentElement.dir;
  part('qa-chat').querySelector('[role=log]')?.setAttribute('aria-label', t('page.chat'));
  part('qa-room').before(place.bar);
  part('qa-talk').append(alert, place.filters, place.composer, place.choices);
  part('qa-room').append(place.panel);
  return { place, alert };
}

async function start() {
  await Promise.all([loadStrings(), loadWriter(), gradioIsThere()]);
  document.documentElement.lang = pageLanguage();
  document.documentElement.dir = direction(pageLanguage());
  document.title = t('page.title');

  const { place, alert } = furnish();
  const tell = (text) => (alert.textContent = text);
  let id = newName(); // of the conversation that is shown
  let opening = ''; // of the one that is going to be
  let next = null; // what to do when that is done
  let rewriting = null; // { question, controller }: a follow-up that is being rewritten
  let addressed = true; // whether what is shown is what the address says

  const bar = mountBar(place.bar, {
    turns: () => chat.turns,
    tell,
    onNew: () => open({ id: newName(), turns: [] }),
    onOpen: (other) => open(history.conversation(other) ?? { id: other, turns: [] }),
    onDocuments: () => {
      welcome.forget();
      source.forget();
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
    onProblem: (message, question, kind) => {
      tell(message);
      if (kind === 'ask') composer.fill(question);
      goOn();
    },
    onAnswer: (turns, kind) => {
      if (kind === 'open') id = opening;
      writing.forget(kind === 'open' ? 0 : turns.length);
      writing.restore(turns);
      if (kind === 'ask' || kind === 'undo') keep();
      tidyAddress();
      history.setCurrent(id, location.search);
      scheduleDecoration(kind === 'ask' || kind === 'open');
      if (kind === 'ask' && choices.writes) toWrite = turns.length - 1;
      goOn();
    },
  });
  const filters = mountFilters(place.filters, {
    onCollection: (collection) => welcome.of(collection),
    onOffered: ({ totals, documents }, collection) => {
      if (collection === 'library') bar.introduce(totals);
      source.offer(documents, collection);
    },
  });
  const composer = mountComposer(place.composer, {
    onAsk: (question, turn) => ask(question, { turn }),
    onStop: () => (rewriting ? rewriting.controller.abort() : composer.fill(chat.stop())),
  });
  const welcome = mountWelcome({ onAsk: (question) => ask(question) });
  const choices = mountChoices(place.choices);
  const writing = createWriting({ turns: () => chat.turns, onWritten: keep });
  let toWrite = null; // the number of the turn that is to get a written answer as soon as it is drawn

  function keep() {
    const kept = history.keep(id, chat.turns);
    id = kept.id;
    if (kept.problem) tell(t(`page.${kept.problem}`));
  }

  async function ask(question, wanted = {}) {
    if (chat.asking || rewriting) return;
    if (chat.busy) {
      next = () => ask(question, wanted);
      return;
    }
    addressed = false;
    writing.forget(wanted.turn ?? chat.turns.length);
    const before = chat.turns.slice(0, wanted.turn).filter((turn) => turn.kind === 'answer');
    const made = choices.rewrites && before.length && !('searched' in wanted) ? await rewrite(question, before) : {};
    if (!made) return;
    const searched = made.searched ? { searched: made.searched } : {};
    chat.ask(question, { ...filters.wanted(), ...wanted, ...searched });
    if (made.problem) tell(made.problem);
  }

  /** What the model makes of a follow-up; null when the visitor stops it, who then gets the question back. */
  async function rewrite(question, before) {
    const controller = new AbortController();
    rewriting = { question, controller };
    composer.busy(true);
    try {
      return await rewritten(question, before.map((turn) => turn.question), controller.signal);
    } catch {
      composer.fill(question);
      return null;
    } finally {
      rewriting = null;
      composer.busy(false);
    }
  }

  function goOn() {
    const act = next;
    next = null;
    act?.();
  }

  function open(conversation) {
    addressed = false;
    opening = conversation.id;
    tell('');
    composer.fill('');
    chat.open(conversation.turns);
  }

  /** The address tells of a question, and of a place, as long as these are shown. */
  function tidyAddress() {
    const { pathname, search, hash } = location;
    const question = new URLSearchParams(search).get('q');
    const asked = question === null || question === chat.turns[0]?.question ? search : '';
    window.history.replaceState(window.history.state, '', pathname + asked + (addressed ? hash : ''));
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
        onWrite: (number) => write(number),
      });
      answers.forEach((answer, number) => chat.turns[number] && writing.draw(answer, chat.turns[number], number));
      if (toWrite !== null && answers[toWrite]?.dataset.turn) {
        write(toWrite);
        toWrite = null;
      }
      offerTranslations(part('qa-chat'));
      if (!chat.turns.length) source.setCitations([]);
      const newest = answers[chat.turns.length - 1];
      if (!newest || chat.busy || !shownFirst) return;
      shownFirst = false;
      const cited = location.hash ? citing(location.hash, answers) : newest;
      if (cited) showCitations(answers.indexOf(cited), cited, { anchor: location.hash || undefined });
      scrollToQuestion(cited ?? newest);
    });
  }
  new MutationObserver(() => scheduleDecoration()).observe(part('qa-chat'), { childList: true, subtree: true });

  const write = (number) => writing.write(part('qa-chat').querySelector(`.qa-answer[data-turn="${number}"]`), number);

  /** The last answer that cites a place. */
  const citing = (anchor, answers) =>
    answers.findLast((answer, number) => citationsOf(number, answer).some((each) => samePlace(each.anchor, anchor)));

  const wantedOf = (turn) => (turn.kind === 'answer' ? { collection: turn.collection, filters: turn.filters } : {});

  function linkTo(turn) {
    const address = new URL(location.href);
    address.hash = '';
    const asked = [['q', turn.question]];
    // What follows another question is found again only by what was searched.
    if (turn.kind === 'answer' && turn.searched !== turn.question) asked.push(['searched', turn.searched]);
    if (turn.kind === 'answer') asked.push(...filters.asParameters(turn));
    address.search = new URLSearchParams(asked);
    return address.href;
  }

  /** The citations of an answer, in the order of the page, for going from one to the next. */
  function citationsOf(number, answer) {
    const hits = new Map((chat.turns[number]?.hits ?? []).map((hit) => [hit.number, hit]));
    return [...answer.querySelectorAll('.qa-hit a.qa-cite')].map((link) => {
      const hit = Number(link.textContent.replace(/\D/g, ''));
      return { anchor: link.getAttribute('href'), words: hits.get(hit)?.words ?? [], quote: quoteOf(link), number: hit };
    });
  }

  const quoteOf = (link) => link.closest('.qa-hit, .qa-mention').querySelector('.qa-quote').textContent;

  /** Show a citation of an answer: that of a link in it or of an anchor, or else the first. */
  function showCitations(number, answer, { link, anchor = link?.getAttribute('href'), smooth = false } = {}) {
    const citations = citationsOf(number, answer);
    source.setCitations(citations);
    const wanted = anchor ?? citations[0]?.anchor;
    if (!wanted) return;
    // In a table other sentences of the same paragraph are quoted too.
    const { words, quote } = citations.find((each) => samePlace(each.anchor, wanted)) ?? { words: [], quote: quoteOf(link) };
    source.show(wanted, { smooth, words, quote, remember: smooth });
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
    showCitations(Number(answer.dataset.turn), answer, { link, smooth: true });
  });

  window.addEventListener('hashchange', () => location.hash && source.show(location.hash, { smooth: true }));

  /** Ask what the address asks; what it would have searched and is no longer there is told, and nothing asked. */
  async function askOfAddress(question, parameters) {
    const problem = await filters.fromParameters(parameters);
    if (problem) {
      tell(problem);
      composer.fill(question);
      return;
    }
    ask(question, { searched: parameters.get('searched') ?? '' });
    addressed = true;
  }

  const lost = chat.unanswered();
  const parameters = new URLSearchParams(location.search);
  const question = parameters.get('q');
  const kept = history.conversation(history.current());
  await filters.ready;
  if (location.hash) source.show(location.hash, { smooth: false });
  if (question && !(kept && history.isAsked(location.search))) {
    await askOfAddress(question, parameters);
  } else if (kept) {
    open(kept);
    addressed = true;
  } else {
    scheduleDecoration();
  }
  if (lost) composer.fill(lost);
  document.documentElement.dataset.qaReady = 'yes';
}

start();
