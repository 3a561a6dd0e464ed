// The browser's own translation of a passage, where it has one (https://webmachinelearning.github.io/translation-api/).
// It runs on the visitor's device: nothing is sent anywhere, and where the browser has none nothing is offered.
import { button, element } from './dom.js';
import { direction, pageLanguage, t } from './strings.js';

const NEARLY_IN_SIGHT = '200px';

const seen = new WeakSet(); // passages that were looked at
const availabilities = new Map(); // promises, by pairs of languages
const translators = new Map();
let observer = null;

/**
 * Offer a translation of every `[data-translate]` passage below `root` that is in another language than the page. The
 * buttons come when a passage comes into sight, so that a long document costs nothing. May be called again and again.
 */
export function offerTranslations(root) {
  if (!('Translator' in self)) return;
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        offer(target);
      }
    },
    { rootMargin: NEARLY_IN_SIGHT },
  );
  for (const passage of root.querySelectorAll('[data-translate]')) {
    if (seen.has(passage)) continue;
    seen.add(passage);
    if (isForeign(passage)) observer.observe(passage);
  }
}

const base = (code) => code.split('-')[0].toLowerCase();
const languageOf = (passage) => base(passage.closest('[lang]')?.lang ?? '');

function isForeign(passage) {
  const language = languageOf(passage);
  return !['', 'und', base(pageLanguage())].includes(language);
}

/** Whether the browser can translate between two languages, perhaps after loading something. */
function available(languages) {
  const name = Object.values(languages).join(' ');
  if (!availabilities.has(name)) {
    const found = Translator.availability(languages).then((state) => state !== 'unavailable', () => false);
    availabilities.set(name, found);
  }
  return availabilities.get(name);
}

/** A translator, made once for each pair of languages; `onProgress(share)` while the browser loads it, from 0 to 1. */
function translatorOf(languages, onProgress) {
  const name = Object.values(languages).join(' ');
  if (!translators.has(name)) {
    const monitor = (loading) => loading.addEventListener('downloadprogress', (event) => onProgress(event.loaded));
    const made = Translator.create({ ...languages, monitor });
    made.catch(() => translators.delete(name)); // so that it can be tried again
    translators.set(name, made);
  }
  return translators.get(name);
}

async function offer(passage) {
  const languages = { sourceLanguage: languageOf(passage), targetLanguage: pageLanguage() };
  if (!(await available(languages)) || !passage.isConnected) return;
  const own = { lang: pageLanguage(), dir: direction(pageLanguage()) };
  const status = element('span', { class: 'qa-translation-status', role: 'status', ...own });
  const offered = button(t('source.translate'), () => translate(passage, languages, offered, status), {
    class: 'qa-button qa-translate',
    ...own,
  });
  // Behind what is there already, which must not move away from under the pointer.
  const below = passage.closest('.qa-paragraph')?.querySelector('.qa-below') ?? passage.closest('.qa-hit');
  if (below) below.append(offered, status);
  else passage.after(offered, status);
}

async function translate(passage, languages, offered, status) {
  offered.disabled = true;
  status.textContent = t('source.translating');
  try {
    const percent = new Intl.NumberFormat(`${pageLanguage()}-u-nu-latn`, { style: 'percent' });
    const translator = await translatorOf(languages, (share) => {
      status.textContent = t('source.translator_loading', { share: percent.format(share) });
    });
    status.textContent = t('source.translating');
    const translated = await translator.translate(passage.textContent);
    status.textContent = '';
    offered.hidden = true;
    const line = passage.closest('.qa-line') ?? passage;
    line.after(translation(translated, offered));
  } catch {
    status.textContent = t('source.translation_failed');
  }
  offered.disabled = false;
}

/** The translated text, marked as what it is, with a button that takes it away. */
function translation(text, offered) {
  const block = element(
    'div',
    { class: 'qa-translation', lang: pageLanguage(), dir: direction(pageLanguage()) },
    element('p', { class: 'qa-translation-note' }, t('source.translation_note')),
    element('div', { class: 'qa-translation-text' }, text),
    button(t('source.translation_remove'), () => {
      block.remove();
      offered.hidden = false;
      offered.focus();
    }),
  );
  return block;
}
