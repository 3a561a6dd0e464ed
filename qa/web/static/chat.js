// The chat: sends questions through Gradio's queue, keeps the conversation, and tells when an answer is there.
//
// A request is written into a hidden box and a hidden button clicked; what comes back is read from another box.
import { newName, ofThisPage } from './storage.js';
import { t } from './strings.js';

const QUEUE = /\/gradio_api\/queue\/join/;
const LOOK_EVERY = 30; // milliseconds; a box tells nobody that its value was set
const ALIVE_EVERY = 4000; // milliseconds between two looks at whether the server is still there
const PATIENCE = 120_000; // milliseconds after which no answer is expected any more
const UNANSWERED = 'qa-unanswered'; // in sessionStorage: the question on its way; Gradio reloads a page that lost its server

/**
 * `onBusy(busy)`: whether a question is on its way; `onAnswer(turns, kind)`: a conversation is shown, because of what
 * `kind` says: 'ask', 'open', 'undo' or 'stop'; `onProblem(message, question, kind)`: it stays as it was.
 */
export function createChat({ onAnswer, onBusy, onProblem }) {
  let turns = [];
  let waiting = null; // {id, kind, since}: the request on its way, and when it was sent
  let unsent = ''; // the question that is put back when it is stopped

  const fetched = window.fetch;
  const part = (id) => document.getElementById(id);

  /** Send a request; `question` null only shows the conversation. */
  function send(kind, question, wanted = {}, conversation = turns) {
    const id = newName();
    waiting = { id, kind, since: performance.now() };
    unsent = question ?? '';
    if (unsent) ofThisPage?.setItem(UNANSWERED, unsent);
    const box = part('qa-request').querySelector('textarea, input');
    box.value = JSON.stringify({ id, question, wanted, conversation: JSON.stringify(conversation) });
    box.dispatchEvent(new Event('input', { bubbles: true }));
    onBusy(kind === 'ask');
    // Gradio takes the box's value over in its own time; a page in the background draws no frames to wait for.
    setTimeout(() => waiting?.id === id && part('qa-go').click(), 10);
  }

  function arrived() {
    const text = part('qa-conversation').querySelector('textarea, input').value;
    if (!waiting || !text.includes(waiting.id)) return;
    const reply = JSON.parse(text);
    if (reply.id !== waiting.id) return;
    if (reply.problem) {
      failed(waiting.kind === 'open' ? t('page.history_unreadable') : reply.problem);
      return;
    }
    const { kind } = waiting;
    waiting = null;
    turns = reply.turns;
    ofThisPage?.removeItem(UNANSWERED);
    onBusy(false);
    onAnswer(turns, kind);
  }

  function failed(message) {
    if (!waiting) return;
    const { kind } = waiting;
    waiting = null;
    ofThisPage?.removeItem(UNANSWERED);
    onBusy(false);
    onProblem(message, unsent, kind);
  }

  setInterval(() => waiting && arrived(), LOOK_EVERY);

  /** An answer that was on its way when the server went does not come any more. */
  async function watch() {
    const asked = waiting;
    const since = asked ? performance.now() - asked.since : 0;
    if (since < ALIVE_EVERY) return;
    const alive = await fetched('ui/chat.js', { method: 'HEAD', cache: 'no-store' }).then((answer) => answer.ok, () => false);
    if (waiting !== asked) return;
    if (!alive) failed(t('errors.unreachable'));
    else if (since > PATIENCE) failed(t('errors.unexpected'));
  }
  setInterval(watch, ALIVE_EVERY);

  // Gradio tells nobody when its queue refuses a request, so this looks at the answer on its way.
  window.fetch = async (...given) => {
    const address = String(given[0]?.url ?? given[0]);
    try {
      const answer = await fetched(...given);
      if (QUEUE.test(address) && !answer.ok) {
        const told = await answer.clone().json().catch(() => ({}));
        failed(told.error ?? t('errors.unexpected'));
      }
      return answer;
    } catch (error) {
      if (QUEUE.test(address)) failed(t('errors.unreachable'));
      throw error;
    }
  };

  return {
    ask: (question, wanted) => send('ask', question, wanted),
    open: (conversation) => send('open', null, {}, conversation),
    /** The conversation as it was before the turn with this number. */
    undo: (number) => send('undo', null, {}, turns.slice(0, number)),
    stop() {
      if (waiting?.kind !== 'ask') return '';
      part('qa-stop').click();
      waiting = null;
      const question = unsent;
      setTimeout(() => send('stop', null), 50); // shows the conversation without what was being said
      return question;
    },
    /** The question that no answer came to before this page was loaded; blank where there is none. */
    unanswered() {
      const question = ofThisPage?.getItem(UNANSWERED) ?? '';
      ofThisPage?.removeItem(UNANSWERED);
      return question;
    },
    get turns() {
      return turns;
    },
    /** Whether a question is on its way. */
    get asking() {
      return waiting?.kind === 'ask';
    },
    /** Whether anything is on its way. */
    get busy() {
      return waiting !== null;
    },
  };
}
