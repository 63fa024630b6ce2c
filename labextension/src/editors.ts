/** Gives the editors of code cells the language of their cell. */

import { Compartment, type Extension } from '@codemirror/state';
import { type EditorView, ViewPlugin } from '@codemirror/view';
import type { ISharedCodeCell } from '@jupyter/ydoc';
import type { ICellModel } from '@jupyterlab/cells';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import {
  EditorExtensionRegistry,
  type IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { cellLanguage } from './language.js';
import type { NotebookLanguage, NotebookLanguages } from './notebooks.js';

/** Register the language with all editors that are made from now on. */
export function registerLanguage(
  editors: IEditorExtensionRegistry,
  notebooks: NotebookLanguages
): void {
  editors.addExtension({
    name: 'polyglot-kernel:language',
    factory: ({ model }) => {
      const notebook = notebookOf(model);
      return notebook
        ? EditorExtensionRegistry.createImmutableExtension(
            following(notebooks.of(notebook))
          )
        : null;
    }
  });
}

/** The notebook that an editor's code cell stands in. */
function notebookOf(model: CodeEditor.IModel) {
  const isCode = (model as Partial<ICellModel>).type === 'code';
  return isCode ? (model.sharedModel as ISharedCodeCell).notebook : null;
}

/** The language of cells, as long as the notebook has a kernel for both. */
function following(notebook: NotebookLanguage): Extension {
  const compartment = new Compartment();
  const extension = (): Extension =>
    notebook.fallback ? cellLanguage(notebook.fallback) : [];
  const follower = ViewPlugin.define((view: EditorView) => {
    const follow = (): void =>
      view.dispatch({ effects: compartment.reconfigure(extension()) });
    notebook.changed.connect(follow);
    return { destroy: () => void notebook.changed.disconnect(follow) };
  });
  return [compartment.of(extension()), follower];
}
