// How far the building of an index is, and what came of it.
import { element } from './dom.js';
import { reasonOf } from './file_rows.js';
import { t } from './strings.js';

/** Shows one build at a time in `box`; `say` is told what changes, not every step. */
export class BuildView {
  constructor(say) {
    this.announce = say;
    this.told = '';
    this.text = element('p', { class: 'qa-build-text' });
    this.bar = element('progress', { max: '1', 'aria-label': t('documents.progress') });
    this.report = element('div', {});
    this.box = element('div', { class: 'qa-build', hidden: true }, this.text, this.bar, this.report);
  }

  /** Show a build as the server describes it; none where there was none. */
  show(job) {
    this.box.hidden = !job;
    if (!job) return;
    const isOn = job.state === 'queued' || job.state === 'running';
    this.text.textContent = textOf(job);
    this.text.classList.toggle('qa-problem', job.state === 'failed');
    this.bar.hidden = !isOn;
    if (job.phase === 'encoding' && job.total) this.bar.value = job.done / job.total;
    else this.bar.removeAttribute('value');
    const step = `${job.number} ${job.state} ${job.phase}`;
    if (step === this.told) return;
    if (this.told || isOn) this.announce(textOf(job)); // an old one is no news
    this.told = step;
    this.report.replaceChildren(...(job.report ? reportOf(job.report) : []));
  }
}

function textOf(job) {
  if (job.state === 'failed') return job.error;
  if (job.state === 'queued') {
    return job.ahead ? t('documents.queued', { count: job.ahead }) : t('documents.starting');
  }
  if (job.state === 'running') {
    return job.phase ? t(`documents.${job.phase}`, { done: job.done, total: job.total }) : t('documents.starting');
  }
  if (!job.report.documents) return t('documents.emptied');
  return t('documents.done', {
    documents: t('answer.documents', { count: job.report.documents }),
    paragraphs: t('answer.paragraphs', { count: job.report.paragraphs }),
  });
}

function reportOf({ languages, refused, left_out: leftOut }) {
  const parts = [];
  if (languages.length > 1) {
    const each = languages.map(({ name, paragraphs }) => `${name}: ${t('answer.paragraphs', { count: paragraphs })}`);
    parts.push(element('p', { class: 'qa-note' }, each.join(' · ')));
  }
  if (refused.length) parts.push(folded('not_read', refused.flatMap((reason) => reasonOf(reason)), true));
  if (leftOut.length) {
    parts.push(folded('left_out', leftOut.map(({ name, detail }) =>
      element('p', { class: 'qa-note' }, element('bdi', {}, name), ': ', element('span', { lang: 'en', dir: 'ltr' }, detail)))));
  }
  return parts;
}

const folded = (key, parts, open = false) =>
  element('details', { open }, element('summary', {}, t(`documents.${key}`)), ...parts);
