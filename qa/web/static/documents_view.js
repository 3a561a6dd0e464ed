// What the visitor sees of his or her documents. Text of documents and names of files are only ever set as text.
import { button, element } from './dom.js';
import { BuildView } from './build_view.js';
import { fileRow, uploadRow } from './file_rows.js';
import { t } from './strings.js';

const SMALL = 100_000; // bytes below which a size is told in kilobytes

/** The panel. It keeps its elements while what they show stays the same, so that the focus does not get lost. */
export class LibraryView {
  constructor(place, { onFiles, onRemove, onBuild }) {
    this.onRemove = onRemove;
    this.rows = new Map(); // by id: the row of a file, and what it was made of
    this.status = element('p', { class: 'qa-said', role: 'status' });
    this.unseen = element('p', { class: 'qa-unseen', role: 'status' }); // what stands elsewhere is only read out
    this.alert = element('p', { class: 'qa-problem', role: 'alert' });
    this.notice = element('p', { class: 'qa-note' });
    this.allowed = element('p', { class: 'qa-note' });
    this.quota = element('p', { class: 'qa-quota' });
    this.uploads = element('ul', { class: 'qa-uploads' });
    this.heading = element('h3', { tabindex: '-1' });
    this.none = element('p', { class: 'qa-note' }, t('documents.none'));
    this.files = element('ul', { class: 'qa-own-files' });
    this.stale = element('div', { class: 'qa-stale' }, element('p', {}, t('documents.stale')));
    this.build = new BuildView((text) => (this.unseen.textContent = text));
    this.rebuild = button(t('documents.rebuild'), () => onBuild('library'), { id: 'qa-rebuild' });
    this.library = element(
      'section',
      { 'aria-labelledby': 'qa-library-heading' },
      element('h3', { id: 'qa-library-heading' }, t('documents.library')),
      element('p', { class: 'qa-note' }, t('documents.rebuild_why')),
      this.rebuild,
    );
    this.libraryBuild = new BuildView((text) => (this.unseen.textContent = text));
    this.library.append(this.libraryBuild.box);
    this.stale.append(button(t('documents.build'), () => onBuild(this.collection)));
    // What is being done stands above the lists, which may be long.
    this.own = element('section', {}, this.zone(onFiles), this.quota, this.stale, this.build.box, this.uploads);
    this.own.append(this.heading, this.none, this.files);
    place.classList.add('qa-documents');
    place.append(this.notice, this.status, this.unseen, this.alert, this.own, this.library);
    this.own.hidden = this.library.hidden = true;
  }

  /** Where files are dropped or chosen. */
  zone(onFiles) {
    this.input = element('input', { type: 'file', multiple: true, hidden: true });
    this.input.addEventListener('change', () => {
      onFiles(Array.from(this.input.files));
      this.input.value = ''; // so that the same file can be chosen again
    });
    const choose = button(t('documents.choose'), () => this.input.click(), { class: 'qa-button qa-choose' });
    const zone = element(
      'div',
      { class: 'qa-drop' },
      element('p', {}, t('documents.drop'), ' ', choose),
      this.input,
      this.allowed,
    );
    const over = (event) => {
      event.preventDefault();
      zone.classList.toggle('qa-over', event.type === 'dragover');
    };
    zone.addEventListener('dragover', over);
    zone.addEventListener('dragleave', over);
    zone.addEventListener('drop', (event) => {
      over(event);
      onFiles(Array.from(event.dataTransfer.files));
    });
    return zone;
  }

  /** Show what the server said; `isBusy`: whether files are on their way, so that nothing is to be built yet. */
  show(seen, isBusy) {
    const isShared = seen.uploads === 'shared';
    this.collection = seen.collection;
    this.notice.textContent = this.noticeOf(seen);
    this.own.hidden = seen.uploads === 'off';
    this.input.accept = seen.types.join(',');
    const types = element('bdi', { dir: 'ltr' }, seen.types.join(' '));
    this.allowed.replaceChildren(t('documents.allowed', { size: this.size(seen.limits.file_bytes) }), ' ', types);
    this.quota.textContent = t('documents.quota', {
      files: seen.used.files,
      most_files: seen.limits.files,
      size: this.size(seen.used.bytes),
      most_size: this.size(seen.limits.bytes),
    });
    this.heading.textContent = t(isShared ? 'documents.shared_files' : 'documents.files');
    this.none.hidden = seen.files.length > 0;
    this.showFiles(seen.files);
    const mayBuild = seen.may_build.includes(seen.collection);
    this.stale.hidden = !seen.stale || isBusy || !mayBuild;
    this.build.show(isShared ? null : seen.builds.own);
    const job = seen.builds.library;
    this.library.hidden = !seen.may_build.includes('library');
    this.rebuild.disabled = job?.state === 'queued' || job?.state === 'running';
    this.libraryBuild.show(job);
  }

  noticeOf({ uploads, limits }) {
    if (uploads === 'off') return t('documents.off');
    return uploads === 'shared' ? t('documents.shared') : t('documents.private', { count: Math.round(limits.days) });
  }

  showFiles(files) {
    const kept = new Set(files.map((file) => file.id));
    for (const [id, { row }] of this.rows) {
      if (kept.has(id)) continue;
      if (row.contains(document.activeElement)) this.heading.focus();
      row.remove();
      this.rows.delete(id);
    }
    files.forEach((file, place) => {
      const made = JSON.stringify(file);
      let known = this.rows.get(file.id);
      if (known?.made !== made) {
        const row = fileRow(file, this.size(file.size), () => this.onRemove(file));
        if (known) known.row.replaceWith(row);
        known = { made, row };
        this.rows.set(file.id, known);
      }
      if (this.files.children[place] !== known.row) this.files.insertBefore(known.row, this.files.children[place] ?? null);
    });
  }

  /** A row for a file that is to be uploaded: `progress` takes a share from 0 to 1, `done` and `fail` end it. */
  addUpload(name) {
    const { row, progress, fail } = uploadRow(name);
    this.uploads.append(row);
    return {
      progress,
      fail,
      done: () => {
        row.remove();
        this.say(t('documents.uploaded', { name }));
      },
    };
  }

  /** Bytes in words. */
  size(bytes) {
    if (bytes > 0 && bytes < SMALL) return t('documents.kilobytes', { size: Math.ceil(bytes / 1e3) });
    return t('documents.megabytes', { size: Math.round(bytes / 1e5) / 10 });
  }

  /** Tell something, also to those who do not see the page. */
  say(text) {
    this.status.textContent = text;
  }

  /** Tell a problem; an empty one takes back the one before. */
  complain(text) {
    this.alert.textContent = text;
  }
}
