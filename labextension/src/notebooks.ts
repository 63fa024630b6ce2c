/** Which notebooks are in both languages, and in which one their cells are by default. */

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { KernelSpec } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { LanguageName } from './marker.js';

/** A notebook's default language, as it changes with its kernel. */
export class NotebookLanguage {
  private readonly _changed = new Signal<this, void>(this);
  private _fallback: LanguageName | null;

  constructor(
    private readonly notebook: ISharedNotebook,
    private readonly kernelspecs: KernelSpec.IManager
  ) {
    this._fallback = defaultLanguage(notebook, kernelspecs);
    notebook.metadataChanged.connect(this.look, this);
    kernelspecs.specsChanged.connect(this.look, this);
    notebook.disposed.connect(() => {
      kernelspecs.specsChanged.disconnect(this.look, this);
      Signal.clearData(this);
    });
  }

  /** The language of a cell without a marker; null in a notebook of another kernel. */
  get fallback(): LanguageName | null {
    return this._fallback;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private look(): void {
    const fallback = defaultLanguage(this.notebook, this.kernelspecs);
    if (fallback !== this._fallback) {
      this._fallback = fallback;
      this._changed.emit();
    }
  }
}

/** The languages of all open notebooks. */
export class NotebookLanguages {
  private readonly known = new WeakMap<ISharedNotebook, NotebookLanguage>();

  constructor(private readonly kernelspecs: KernelSpec.IManager) {}

  of(notebook: ISharedNotebook): NotebookLanguage {
    let language = this.known.get(notebook);
    if (!language) {
      language = new NotebookLanguage(notebook, this.kernelspecs);
      this.known.set(notebook, language);
    }
    return language;
  }
}

/** What the kernel writes into its notebooks' `language_info.nbconvert_exporter`. */
const EXPORTER = 'polyglot';

/** By the kernelspec where it is installed, else by what the notebook's file tells. */
function defaultLanguage(
  notebook: ISharedNotebook,
  kernelspecs: KernelSpec.IManager
): LanguageName | null {
  const { kernelspec, language_info } = notebook.getMetadata();
  const name = kernelspec?.name ?? '';
  const spec = kernelspecs.specs?.kernelspecs[name];
  let language: unknown;
  if (spec) {
    if (!spec.argv.includes('polyglot_shim')) {
      return null;
    }
    language = spec.language;
  } else if (
    /^polyglot(-julia)?$/.test(name) ||
    language_info?.nbconvert_exporter === EXPORTER
  ) {
    language =
      language_info?.name ??
      kernelspec?.language ??
      (name === 'polyglot-julia' ? 'julia' : 'python');
  }
  return language === 'julia' || language === 'python' ? language : null;
}
