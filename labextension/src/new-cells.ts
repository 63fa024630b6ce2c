/** New cells that take the language of the cell above, where the user has set that. */

import { CodeCell, type ICellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { CommandRegistry } from '@lumino/commands';
import { giveLanguage, languageOf, sharedCell } from './cells.js';
import type { NotebookLanguage } from './notebooks.js';

/** Commands behind which the active cell may be one that has just been made. */
const MAKERS = [
  'notebook:insert-cell-above',
  'notebook:insert-cell-below',
  'notebook:run-cell-and-insert-below',
  'notebook:run-cell-and-select-next'
];

/** Begin a cell that the user inserts with the marker of the code cell above it. */
export function followAbove(
  commands: CommandRegistry,
  tracker: INotebookTracker,
  settings: ISettingRegistry.ISettings,
  languages: (panel: NotebookPanel) => NotebookLanguage | null
): void {
  // a command is told of when it has made its cell, in the same turn of the browser's loop
  const fresh = new Set<ICellModel>();
  const note = (cell: ICellModel): void => {
    fresh.add(cell);
    window.setTimeout(() => fresh.delete(cell));
  };
  tracker.widgetAdded.connect((_, panel) => {
    const follow = (): void =>
      void panel.content.model?.cells.changed.connect((_, { type, newValues }) => {
        if (type === 'add') {
          newValues.forEach(note);
        }
      });
    panel.content.modelChanged.connect(follow);
    follow();
  });
  commands.commandExecuted.connect((_, { id }) => {
    const panel = tracker.currentWidget;
    if (!panel || !MAKERS.includes(id) || !settings.composite.newCellsFollow) {
      return;
    }
    const notebook = languages(panel);
    const { activeCell } = panel.content;
    if (notebook && activeCell instanceof CodeCell && fresh.has(activeCell.model)) {
      beginAsAbove(panel, activeCell, notebook);
    }
  });
}

/** Give an empty cell the language of the code cell above it. */
function beginAsAbove(panel: NotebookPanel, cell: CodeCell, notebook: NotebookLanguage): void {
  const cells = panel.content.widgets;
  const above = cells
    .slice(0, cells.indexOf(cell))
    .reverse()
    .find((other): other is CodeCell => other instanceof CodeCell);
  const language = above && languageOf(above, notebook);
  if (language && notebook.fallback && !sharedCell(cell).getSource()) {
    giveLanguage(cell, notebook.fallback, language);
    const { editor } = cell;
    editor?.setCursorPosition(editor.getPositionAt(editor.model.sharedModel.source.length)!);
  }
}
