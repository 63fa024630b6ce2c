/** What happens in the notebooks: labels, the switch, new cells, and what their files tell others. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CodeCell } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { followCells, giveLanguage, languageOf, sharedCell } from './cells.js';
import { labels } from './labels.js';
import { type LanguageName, otherLanguage } from './marker.js';
import { keepCellMetadata, keepMetadata } from './metadata.js';
import type { NotebookLanguage, NotebookLanguages } from './notebooks.js';
import { followAbove } from './new-cells.js';

export const SWITCH = 'polyglot-kernel:switch-language';
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

  if (settings) {
    followAbove(app.commands, tracker, settings, languages);
  }
}

/** Give a cell the other language. */
function switchLanguage(cell: CodeCell, notebook: NotebookLanguage): void {
  const language = languageOf(cell, notebook);
  if (language && notebook.fallback) {
    giveLanguage(cell, notebook.fallback, otherLanguage(language));
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
        keepCellMetadata(sharedCell(cell), context.model.sharedModel, notebook.fallback);
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
