// What stands in an empty chat: questions that these documents answer.
import { button, element } from './dom.js';
import { t } from './strings.js';

export function mountWelcome({ onAsk }) {
  const suggestions = new Map(); // promises, by collection

  /** What is suggested for a collection; nothing where the server has nothing, or cannot be reached. */
  function suggested(collection) {
    if (!suggestions.has(collection)) {
      const none = { questions: [], languages: [] };
      const answer = fetch(`api/suggestions?${new URLSearchParams({ collection })}`);
      suggestions.set(collection, answer.then((found) => (found.ok ? found.json() : none)).catch(() => none));
    }
    return suggestions.get(collection);
  }

  let collection = 'library';
  /** Fill the empty chat, where there is one that is still blank. */
  async function fill() {
    const place = document.querySelector('#qa-chat .qa-welcome');
    if (!place || place.dataset.collection === collection) return;
    place.dataset.collection = collection;
    const list = element('ul', { class: 'qa-suggestions', 'aria-label': t('page.suggestions') });
    place.replaceChildren(element('h2', {}, t('page.welcome')), list);
    const { questions, languages } = await suggested(collection);
    for (const [number, question] of questions.entries()) {
      const ask = button(question, () => onAsk(question), { class: 'qa-button qa-suggestion', dir: 'auto', lang: languages[number] });
      list.append(element('li', {}, ask));
    }
  }

  return {
    fill,
    of(other) {
      collection = other;
      fill();
    },
    /** The documents changed: what was suggested may not be answered any more. */
    forget() {
      suggestions.clear();
      delete document.querySelector('#qa-chat .qa-welcome')?.dataset.collection;
      fill();
    },
  };
}
