// The visitor's documents: uploading them one after the other, following their reading and the building of the index.
import { LibraryView } from './documents_view.js';
import { problemOf, t } from './strings.js';

const EVERY = 700; // milliseconds between two looks at what is being done
const LONGEST_NAME = 150; // characters; the server shortens names as well, but addresses have a limit
const ADDRESS = 'api/documents';

/**
 * Show a visitor's documents in `place`. `onChange` is called when an index was built anew, also while `place` is not on
 * the page. Returns a function that is to be called when it is there again.
 */
export function mountDocuments(place, { onChange = () => {} } = {}) {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, keepPage);
  const documents = new Documents(place, onChange);
  documents.look();
  return () => documents.again();
}

/** A file that is dropped beside its place would be opened by the browser instead of the page. */
function keepPage(event) {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
}

class Documents {
  constructor(place, onChange) {
    this.onChange = onChange;
    this.seen = null; // what the server said last
    this.queue = [];
    this.sending = false;
    this.added = false; // whether something was uploaded that is not being built yet
    this.running = new Set(); // numbers of builds that were seen before they ended
    this.timer = 0;
    this.lost = false; // whether the server could not be reached
    this.view = new LibraryView(place, {
      onFiles: (files) => this.take(files),
      onRemove: (file) => this.remove(file),
      onBuild: (collection) => this.build(collection),
    });
  }

  /** Forget what was said of what is done, and look. */
  again() {
    this.view.say('');
    this.view.complain('');
    return this.look();
  }

  /** Ask the server how things are, show it, and look again soon while something is being done. */
  async look() {
    clearTimeout(this.timer);
    try {
      const answer = await fetch(ADDRESS);
      if (!answer.ok) return this.view.complain(await problemOf(answer));
      this.seen = await answer.json();
    } catch {
      this.lost = true;
      this.view.complain(t('errors.unreachable'));
      this.timer = setTimeout(() => this.look(), 5 * EVERY);
      return undefined;
    }
    if (this.lost) this.view.complain('');
    this.lost = false;
    const isReading = this.seen.files.some((file) => file.state === 'waiting');
    if (this.added && this.seen.stale && !isReading && !this.sending) {
      this.added = false;
      return this.build(this.seen.collection);
    }
    this.view.show(this.seen, this.sending || isReading);
    const isBuilding = this.follow(this.seen.builds);
    if (isReading || isBuilding) this.timer = setTimeout(() => this.look(), EVERY);
    return undefined;
  }

  /** Note which builds run and which have ended. Returns whether one runs. */
  follow(builds) {
    let isBuilding = false;
    for (const job of Object.values(builds)) {
      if (job.state === 'queued' || job.state === 'running') {
        this.running.add(job.number);
        isBuilding = true;
      } else if (this.running.delete(job.number) && job.state === 'done') {
        this.onChange();
      }
    }
    return isBuilding;
  }

  /** Upload files, one at a time, so that each has the whole line. */
  async take(files) {
    for (const file of files) this.queue.push({ file, row: this.view.addUpload(readable(file.name)) });
    if (this.sending) return;
    this.sending = true;
    while (this.queue.length) {
      const { file, row } = this.queue.shift();
      const problem = this.refusal(file) || (await send(file, row.progress));
      if (problem) row.fail(problem);
      else {
        row.done();
        this.added = true;
      }
      this.sending = this.queue.length > 0;
      await this.look();
    }
  }

  /** Why a file need not be sent at all; the server would say the same when all of it had come. */
  refusal(file) {
    if (!this.seen) return '';
    const { types, limits } = this.seen;
    const suffix = file.name.match(/\.[^.]*$/)?.[0].toLowerCase() ?? '';
    if (!types.includes(suffix)) {
      const known = `\u2066${types.join(' ')}\u2069`; // from left to right, in whatever it stands
      return t('documents.unknown_type', { name: readable(file.name), types: known });
    }
    if (file.size > limits.file_bytes) {
      return t('documents.too_large', { name: readable(file.name), bytes: this.view.size(limits.file_bytes) });
    }
    return '';
  }

  async remove(file) {
    const answer = await this.ask(`${ADDRESS}/${file.id}`, { method: 'DELETE' });
    if (answer) this.view.say(t('documents.removed', { name: file.name }));
    await this.look();
  }

  async build(collection) {
    const answer = await this.ask('api/build', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ collection }),
    });
    if (answer) this.running.add(answer.build.number);
    await this.look();
  }

  /** What the server answers, null when it refuses; then the visitor is told why. */
  async ask(address, options) {
    this.view.complain('');
    try {
      const answer = await fetch(address, options);
      if (answer.ok) return await answer.json();
      this.view.complain(await problemOf(answer));
    } catch {
      this.view.complain(t('errors.unreachable'));
    }
    return null;
  }
}

/** Send a file, telling how much of it is through. Resolves to a problem, empty where there is none. */
function send(file, onProgress) {
  // fetch() cannot tell how much of a body is through.
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `${ADDRESS}/${encodeURIComponent(sendable(file.name))}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => resolve(request.status < 300 ? '' : problemIn(request.responseText));
    request.onerror = () => resolve(t('errors.unreachable'));
    request.send(file);
  });
}

function problemIn(body) {
  try {
    return JSON.parse(body).error ?? t('errors.unexpected');
  } catch {
    return t('errors.unexpected');
  }
}

/** A name without ends of lines and other controls, marks that turn the words around it, and halves of characters. */
const readable = (name) =>
  name.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\p{Surrogate}/gu, '\ufffd');

/** A name that fits into an address, its suffix kept. */
function sendable(name) {
  const whole = readable(name);
  const suffix = whole.match(/\.[^.]{1,12}$/)?.[0] ?? '';
  return Array.from(whole.slice(0, whole.length - suffix.length)).slice(0, LONGEST_NAME).join('') + suffix;
}
