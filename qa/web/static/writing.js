// What a model adds where one is configured: an answer written above the passages, translations, follow-ups rewritten.
// All of it is asked for by the visitor, and whatever comes is set as text: no link, picture or tag can come of it.
import { button, element } from './dom.js';
import { direction, pageLanguage, problemOf, t } from './strings.js';

let writer = null; // { host, model, passages, questions }, or null where none is configured

/** Ask whether there is a model; to be awaited before anything else here is called. */
export async function loadWriter() {
  try {
    const answer = await fetch('api/writer');
    writer = answer.ok ? (await answer.json()).writer : null;
  } catch {
    writer = null;
  }
}

const post = (address, body, signal) =>
  fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
const failure = (reason) => t('writing.failed', { reason: t(`writing.failed_${reason}`) });

// --- The choices -----------------------------------------------------------------------------------------------------

/** Put the choices below the box for questions, off at first; each says what it sends, and where. */
export function mountChoices(place) {
  if (!writer) return { writes: false, rewrites: false };
  const choice = (name) => {
    const input = element('input', { type: 'checkbox' });
    const note = element('span', { class: 'qa-note' }, t(`writing.${name}_note`, writer));
    place.append(element('label', {}, input, element('span', {}, t(`writing.${name}`), ' ', note)));
    return input;
  };
  const [write, rewrite] = [choice('also_write'), choice('rewrite')];
  return {
    /** Whether an answer is to be written to the next question. */
    get writes() {
      return write.checked;
    },
    /** Whether a follow-up is to be rewritten. */
    get rewrites() {
      return rewrite.checked;
    },
  };
}

/** What the model makes of a follow-up: { searched }, or { problem } to be told; throws when it is called off. */
export async function rewritten(question, before, signal) {
  const asked = { question, before: before.slice(-writer.questions) };
  try {
    const answer = await post('api/rewrite', asked, signal);
    if (answer.ok) return await answer.json();
    return { problem: t('writing.not_rewritten', { reason: await problemOf(answer) }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { problem: t('writing.not_rewritten', { reason: t('errors.unreachable') }) };
  }
}

// --- The written answer ----------------------------------------------------------------------------------------------

/**
 * The written answers of the conversation that is shown. `turns()`: its turns; `onWritten()`: one of them has got one,
 * to be kept.
 */
export function createWriting({ turns, onWritten }) {
  const blocks = new Map(); // what is shown, by the number of the turn
  const running = new Map(); // AbortControllers
  const done = new Map(); // what was written since the conversation was opened

  /** Call off what is written to the turns from one number up to another, and forget it. */
  function forget(from = 0, to = Infinity) {
    for (const map of [blocks, running, done]) {
      for (const [number, value] of map) {
        if (number < from || number >= to) continue;
        if (map === running) value.abort();
        map.delete(number);
      }
    }
  }

  /** Show an answer's block, where it has one and Gradio has drawn the answer anew. */
  function draw(answer, turn, number) {
    if (turn.kind !== 'answer') return;
    if (turn.written && !blocks.has(number)) blocks.set(number, finished(frame(turn.written.model), turn.written, answer));
    const block = blocks.get(number);
    if (!block || block.parentElement === answer) return;
    answer.querySelector(':scope > .qa-written')?.remove();
    const before = answer.querySelector(':scope > .qa-followed');
    if (before) before.after(block);
    else answer.prepend(block);
  }

  /** Let the model write an answer to a turn; what it wrote before is kept until there is another one. */
  async function write(answer, number) {
    const turn = turns()[number];
    if (!writer || !turn?.hits?.length) return;
    forget(number, number + 1);
    const controller = new AbortController();
    const block = frame(writer.model);
    const state = element('div', { class: 'qa-doing', role: 'status' }, t('writing.writing', { model: writer.model }));
    const stop = button(t('page.stop'), () => controller.abort());
    block.lastChild.before(state, stop);
    blocks.set(number, block);
    running.set(number, controller);
    draw(answer, turn, number);
    block.scrollIntoView({ block: 'nearest' }); // whoever asks for it does so below the passages, and it comes above them
    try {
      const passages = turn.hits.slice(0, writer.passages).map((hit) => ({
        number: hit.number,
        passage_id: hit.passage_id,
        sentence: hit.sentence_number,
      }));
      const asked = { question: turn.searched, collection: turn.collection, passages };
      const reply = await post('api/write', asked, controller.signal);
      if (!reply.ok) return fail(block, t('writing.failed', { reason: await problemOf(reply) }));
      for await (const line of linesOf(reply)) {
        if (line.sent) block.append(sentTo(line.sent));
        else if (line.sentence) block.querySelector('.qa-written-text').append(sentenceOf(line.sentence, answer));
        else if (line.written) {
          finished(block, line.written, answer);
          if (line.written.failed) return undefined;
          done.set(number, line.written);
          turns()[number].written = line.written;
          onWritten();
          return undefined;
        }
      }
      return fail(block, failure('unreadable'));
    } catch {
      if (!controller.signal.aborted) return fail(block, failure('unreachable'));
      if (blocks.get(number) === block) {
        block.remove();
        blocks.delete(number);
      }
      return undefined;
    } finally {
      state.remove();
      stop.remove();
      if (running.get(number) === controller) running.delete(number);
    }
  }

  return {
    forget,
    draw,
    write,
    /** Put what was written into turns that came back without it: they were sent off before it was there. */
    restore(fresh) {
      for (const [number, written] of done) if (fresh[number]?.kind === 'answer') fresh[number].written ??= written;
    },
  };
}

/** The lines of JSON of a reply, as they come. */
async function* linesOf(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    yield* lines.map((line) => JSON.parse(line));
  }
}

const own = () => ({ lang: pageLanguage(), dir: direction(pageLanguage()) });

/** A block that says who wrote and what was checked, its text still empty. */
const frame = (model) =>
  element(
    'section',
    { class: 'qa-written', 'aria-label': t('writing.label', { model }), ...own() },
    element('div', { class: 'qa-written-label' }, t('writing.label', { model })),
    element('div', { class: 'qa-written-text', 'aria-live': 'polite' }),
    element('div', { class: 'qa-worth' }, t('writing.checked')),
  );

/** The block with all that was written, or with why there is nothing. */
function finished(block, written, answer) {
  if (written.failed) return fail(block, failure(written.failed));
  const text = block.querySelector('.qa-written-text');
  text.replaceChildren(...written.sentences.map((sentence) => sentenceOf(sentence, answer)));
  if (written.left_out) text.append(element('p', { class: 'qa-note' }, t('writing.left_out', { count: written.left_out })));
  return block;
}

function fail(block, message) {
  block.querySelectorAll('.qa-written-label, .qa-worth').forEach((part) => part.remove());
  block.querySelector('.qa-written-text').replaceChildren(element('p', {}, message));
  return block;
}

/** A sentence, its citations as links to the same places as those of the passages, and what is wrong with it. */
function sentenceOf(sentence, answer) {
  const links = [...answer.querySelectorAll(':scope > .qa-hit a.qa-cite')];
  const made = element('p', { class: 'qa-sentence' }, element('span', { dir: 'auto' }, sentence.text));
  for (const number of sentence.citations) {
    const link = links.find((each) => each.textContent === `[${number}]`);
    const href = link?.getAttribute('href');
    const text = `[${number}]`;
    made.append(' ', href?.startsWith('#') ? element('a', { class: 'qa-cite', href, title: link.title }, text) : text);
  }
  if (sentence.why_not.length) {
    made.classList.add('qa-unsupported');
    const reasons = sentence.why_not.map((why) => t(`writing.why_${why}`)).join('; ');
    made.append(' ', element('span', { class: 'qa-why' }, t('writing.not_borne_out', { reasons })));
  }
  return made;
}

const sentTo = (messages) =>
  element(
    'details',
    { class: 'qa-sent' },
    element('summary', {}, t('writing.sent', writer)),
    ...messages.map(({ role, content }) => element('pre', { dir: 'auto' }, `${role}\n\n${content}`)),
  );

/** A written answer as plain text, for copying. */
export function writtenText(written) {
  if (!written || written.failed) return [];
  const lines = written.sentences.map(({ text, citations, why_not: whyNot }) => {
    const reasons = whyNot.map((why) => t(`writing.why_${why}`)).join('; ');
    const doubt = reasons ? ` (${t('writing.not_borne_out', { reasons })})` : '';
    return `${text} ${citations.map((number) => `[${number}]`).join('')}${doubt}`;
  });
  return [t('writing.label', written), ...lines, ''];
}

/** The button by which an answer is written, null where there is no model or nothing to write from. */
export function writeButton(turn, onclick) {
  if (!writer || !turn.hits?.length) return null;
  return button(t('writing.write'), onclick, { class: 'qa-button qa-write', title: t('writing.also_write_note', writer) });
}

// --- Translations ----------------------------------------------------------------------------------------------------

/** Offer a translation of each cited passage that is in another language than the page. */
export function offerModelTranslations(answer, turn) {
  if (!writer) return;
  [...answer.querySelectorAll(':scope > .qa-hit')].forEach((card, place) => {
    const hit = turn.hits[place];
    if (!hit || hit.language === pageLanguage()) return;
    const status = element('span', { class: 'qa-translation-status', role: 'status' });
    const offered = button(t('writing.translate', writer), () => translate(card, hit, turn.collection, offered, status), {
      class: 'qa-button qa-translate qa-translate-model',
      title: t('writing.translate_note', writer),
    });
    card.append(offered, status);
  });
}

async function translate(card, hit, collection, offered, status) {
  offered.disabled = true;
  status.textContent = t('source.translating');
  try {
    const reply = await post('api/translate', { passage_id: hit.passage_id, collection });
    if (!reply.ok) {
      status.textContent = await problemOf(reply);
      return;
    }
    status.textContent = '';
    offered.hidden = true;
    card.append(translation(await reply.json(), offered));
  } catch {
    status.textContent = t('errors.unreachable');
  } finally {
    offered.disabled = false;
  }
}

/** The translated paragraph, marked as what it is, with what was sent and a button that takes it away. */
function translation(made, offered) {
  const notes = [t('writing.translated', made), ...made.differs.map((each) => t(`writing.differs_${each}`))];
  const block = element(
    'div',
    { class: 'qa-translation', lang: made.language, dir: direction(made.language) },
    element('p', { class: 'qa-translation-note', ...own() }, notes.join(' ')),
    element('div', { class: 'qa-translation-text' }, made.text),
    sentTo(made.sent),
    button(t('source.translation_remove'), () => {
      block.remove();
      offered.hidden = false;
      offered.focus();
    }),
  );
  return block;
}
