// The chat: sends questions through Gradio's queue, keeps the conversation, and tells when an answer is there.
//
// A request is written into a hidden box and a hidden button clicked; what comes back is read from another box.
import { t } from './strings.js';

const QUEUE = /\/gradio_api\/queue\/join/;
const LOOK_EVERY = 30; // milliseconds; a box tells nobody that its value was set

export function createChat({ onAnswer, onBusy, onProblem }) {
  let turns = [];
  let waiting = null; // {id, asked}: the request on its way
  let unsent = ''; // the question that is put back when it is stopped

  const part = (id) => document.getElementById(id);

  /** Send a request; `question` null only shows the conversation. */
  function send(question, wanted = {}, conversation = turns) {
    const id = crypto.randomUUID();
    waiting = { id, asked: question !== null };
    unsent = question ?? '';
    const box = part('qa-request').querySelector('textarea, input');
    box.value = JSON.stringify({ id, question, wanted, conversation: JSON.stringify(conversation) });
    box.dispatchEvent(new Event('input', { bubbles: true }));
    onBusy(waiting.asked);
    // Gradio takes the box's value over in its own time.
    requestAnimationFrame(() => setTimeout(() => part('qa-go').click(), 0));
  }

  function arrived() {
    const text = part('qa-conversation').querySelector('textarea, input').value;
    if (!waiting || !text.includes(waiting.id)) return;
    const reply = JSON.parse(text);
    if (reply.id !== waiting.id) return;
    if (reply.problem) {
      failed(reply.problem);
      return;
    }
    const { asked } = waiting;
    waiting = null;
    turns = reply.turns;
    onBusy(false);
    onAnswer(turns, asked);
  }

  function failed(message) {
    if (!waiting) return;
    waiting = null;
    onBusy(false);
    onProblem(message, unsent);
  }

  setInterval(() => waiting && arrived(), LOOK_EVERY);

  // Gradio tells nobody when its queue refuses a request, so this looks at the answer on its way.
  const fetched = window.fetch;
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
    ask: (question, wanted) => send(question, wanted),
    open: (conversation) => send(null, {}, conversation),
    /** The conversation as it was before the turn with this number. */
    undo: (number) => send(null, {}, turns.slice(0, number)),
    stop() {
      if (!waiting?.asked) return '';
      part('qa-stop').click();
      waiting = null;
      const question = unsent;
      setTimeout(() => send(null), 50); // shows the conversation without what was being said
      return question;
    },
    get turns() {
      return turns;
    },
    get busy() {
      return waiting !== null;
    },
  };
}
