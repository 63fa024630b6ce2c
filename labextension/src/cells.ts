/** Follows the code cells of a notebook: those that are there, and those that come. */

import type { ISharedCodeCell, YCodeCell } from '@jupyter/ydoc';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type LanguageName, parseCell } from './marker.js';
import type { NotebookLanguage } from './notebooks.js';
import { switchEdit } from './switch.js';

/** What is done for each cell: called once, it gives what is called whenever its language may be new. */
export type Follow = (cell: CodeCell) => (language: LanguageName | null) => void;

/**
 * Call `follow` for each code cell of `panel`, and what it gives with the cell's language: at once, when
 * that changes, and with null when the notebook has no kernel for both languages any more.
 */
export function followCells(
  panel: NotebookPanel,
  notebook: NotebookLanguage,
  follow: Follow
): IDisposable {
  const followed = new Map<CodeCell, () => void>();

  const begin = (cell: CodeCell): void => {
    const tell = follow(cell);
    let last: LanguageName | null | undefined;
    const look = (): void => {
      const language = cell.isDisposed ? null : languageOf(cell, notebook);
      if (language !== last) {
        last = language;
        tell(language);
      }
    };
    cell.model.sharedModel.changed.connect(look);
    cell.disposed.connect(() => followed.delete(cell));
    followed.set(cell, look);
    look();
  };

  const lookAtAll = (): void => {
    for (const cell of panel.content.widgets) {
      if (cell instanceof CodeCell && !followed.has(cell)) {
        // a cell that has not been scrolled to has no editor yet
        void cell.ready.then(() => {
          if (!followed.has(cell) && !cell.isDisposed && !panel.isDisposed) {
            begin(cell);
          }
        });
      }
    }
  };
  const lookAgain = (): void => followed.forEach(look => look());
  const cellsChanged = (): void => {
    // the notebook's own listener makes the widgets
    requestAnimationFrame(lookAtAll);
  };
  const modelChanged = (): void => {
    panel.content.model?.cells.changed.connect(cellsChanged);
    lookAtAll();
  };
  panel.content.modelChanged.connect(modelChanged);
  notebook.changed.connect(lookAgain);
  modelChanged();
  return new DisposableDelegate(() => {
    notebook.changed.disconnect(lookAgain);
    followed.clear();
  });
}

/** The language that a cell runs in; null in a notebook of another kernel. */
export function languageOf(
  cell: CodeCell,
  notebook: NotebookLanguage
): LanguageName | null {
  const { fallback } = notebook;
  return fallback && parseCell(cell.model.sharedModel.source, fallback).language;
}

export const sharedCell = (cell: CodeCell): ISharedCodeCell =>
  cell.model.sharedModel as ISharedCodeCell;

/** Have a cell run in `goal`, by its text; the label and the colours follow that. */
export function giveLanguage(cell: CodeCell, fallback: LanguageName, goal: LanguageName): void {
  const shared = sharedCell(cell);
  if (cell.model.getMetadata('editable') === false) {
    return;
  }
  const edit = switchEdit(shared.getSource(), fallback, goal);
  if (edit) {
    // a step of its own, however soon after the last key
    const { undoManager } = shared as Partial<YCodeCell>;
    undoManager?.stopCapturing();
    shared.updateSource(edit.from, edit.to, edit.insert);
    undoManager?.stopCapturing();
  }
}
