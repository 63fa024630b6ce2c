/** What happens in the notebooks: labels, the switch, new cells, and what their files tell others. */

import type { YCodeCell } from '@jupyter/ydoc';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CodeCell } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { followCells, languageOf, sharedCell } from './cells.js';
import { labels } from './labels.js';
import { type LanguageName, otherLanguage } from './marker.js';
import { keepCellMetadata, keepMetadata } from './metadata.js';
import type { NotebookLanguage, NotebookLanguages } from './notebooks.js';
import { switchEdit } from './switch.js';

export const SWITCH = 'polyglot-kernel:switch-language';
/** Commands behind which the active cell may be one that has just been made. */
const MAKERS = [
  'notebook:insert-cell-above',
  'notebook:insert-cell-below',
  'notebook:run-cell-and-insert-below',
  'notebook:run-cell-and-select-next'
];
const METADATA_DELAY = 300; // ms behind the last change of a cell

export function activateNotebooks(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  notebooks: NotebookLanguages,
  settings: ISettingRegistry.ISettings | null
): void {
  const languages = (panel: NotebookPanel): NotebookLanguage | null => {
    const model = panel.content.model;
    return model && notebooks.of(model.sharedModel);
  };
  const equip = (panel: NotebookPanel): void => {
    const notebook = languages(panel);
    if (!notebook) {
      return;
    }
    const markPanel = (): void =>
      void panel.content.toggleClass('jp-mod-polyglot', !!notebook.fallback);
    markPanel();
    notebook.changed.connect(markPanel);
    const onSwitch = (cell: CodeCell): void => switchLanguage(cell, notebook);
    const following = followCells(panel, notebook, labels(onSwitch));
    followMetadata(panel.context, panel, notebook);
    panel.disposed.connect(() => {
      following.dispose();
      notebook.changed.disconnect(markPanel);
    });
  };
  tracker.widgetAdded.connect((_, panel) => {
    void panel.context.ready.then(() => panel.isDisposed || equip(panel));
  });

  app.commands.addCommand(SWITCH, {
    label: 'Switch the Cell Between Julia and Python',
    caption: "Write or remove the cell's marker line",
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => {
      const panel = tracker.currentWidget;
      return !!(panel && languages(panel)?.fallback) && tracker.activeCell instanceof CodeCell;
    },
    execute: () => {
      const panel = tracker.currentWidget;
      const notebook = panel && languages(panel);
      if (notebook && tracker.activeCell instanceof CodeCell) {
        switchLanguage(tracker.activeCell, notebook);
      }
    }
  });

  app.commands.commandExecuted.connect((_, { id, result }) => {
    const panel = tracker.currentWidget;
    if (!panel || !MAKERS.includes(id) || !settings?.composite.newCellsFollow) {
      return;
    }
    const before = new Set(panel.content.widgets);
    void result.then(() => {
      const cell = panel.content.activeCell;
      const notebook = languages(panel);
      if (notebook && cell instanceof CodeCell && !before.has(cell)) {
        followAbove(panel, cell, notebook);
      }
    });
  });
}

/** Switch the language of a cell, by its text; the label and the colours follow that. */
function switchLanguage(cell: CodeCell, notebook: NotebookLanguage): void {
  const language = languageOf(cell, notebook);
  if (language && notebook.fallback) {
    giveLanguage(cell, notebook.fallback, otherLanguage(language));
  }
}

function giveLanguage(cell: CodeCell, fallback: LanguageName, goal: LanguageName): void {
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

/** Give a new, empty cell the language of the code cell above it. */
function followAbove(panel: NotebookPanel, cell: CodeCell, notebook: NotebookLanguage): void {
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

/** Keep the metadata of a cell that is written in, and of all before the notebook is saved. */
function followMetadata(
  context: DocumentRegistry.IContext<NonNullable<NotebookPanel['model']>>,
  panel: NotebookPanel,
  notebook: NotebookLanguage
): void {
  const changed = new Set<CodeCell>();
  let timer = 0;
  const keep = (): void => {
    for (const cell of changed) {
      if (!cell.isDisposed && notebook.fallback) {
        keepCellMetadata(sharedCell(cell), notebook.fallback);
      }
    }
    changed.clear();
  };
  followCells(panel, notebook, cell => {
    let known: LanguageName | null | undefined;
    return language => {
      // not for what the file says already when it is opened
      if (known && language && known !== language) {
        changed.add(cell);
        window.clearTimeout(timer);
        timer = window.setTimeout(keep, METADATA_DELAY);
      }
      known = language ?? known;
    };
  });
  context.saveState.connect((_, state) => {
    if (state === 'started' && notebook.fallback && !context.model.readOnly) {
      keepMetadata(context.model.sharedModel, notebook.fallback);
    }
  });
}
