/** Puts the panel into the side bar, and makes it follow the notebook in front. */

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { languageOf, sharedCell } from '../cells.js';
import { parseCell } from '../marker.js';
import type { NotebookLanguages } from '../notebooks.js';
import { VariablesModel } from './model.js';
import { type Inserter, VariablesPanel } from './panel.js';

export const SHOW = 'polyglot-kernel:show-variables';

export function activateVariables(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  notebooks: NotebookLanguages,
  rendermime: IRenderMimeRegistry,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null
): void {
  const model = new VariablesModel();
  const language = () => {
    const shared = tracker.currentWidget?.content.model?.sharedModel;
    return shared ? notebooks.of(shared) : null;
  };
  const follow = (): void => {
    const session = tracker.currentWidget?.sessionContext.session;
    model.follow((language()?.fallback && session?.kernel) || null);
  };
  const followFront = (): void => {
    const panel = tracker.currentWidget;
    // which kernel it is may be known later than that there is one
    panel?.sessionContext.kernelChanged.connect(follow);
    void panel?.context.ready.then(() => language()?.changed.connect(follow)).then(follow);
    follow();
  };
  tracker.currentChanged.connect(followFront);

  const panel = new VariablesPanel(model, rendermime, inserter(tracker, language));
  app.shell.add(panel, 'right', { rank: 500, type: 'Variables' });
  restorer?.add(panel, panel.id);
  app.commands.addCommand(SHOW, {
    label: 'Show the Variables of Julia and Python',
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => app.shell.activateById(panel.id)
  });
  palette?.addItem({ command: SHOW, category: 'Julia and Python' });
}

function inserter(
  tracker: INotebookTracker,
  notebook: () => ReturnType<NotebookLanguages['of']> | null
): Inserter {
  const current = () => {
    const cell = tracker.activeCell;
    const languages = notebook();
    return cell instanceof CodeCell && languages?.fallback
      ? { cell, fallback: languages.fallback, language: languageOf(cell, languages) }
      : null;
  };
  return {
    reference: variable => {
      const found = current();
      if (found?.cell.editor) {
        const other = variable.language === 'julia' ? 'jl' : 'py';
        const own = found.language === variable.language;
        const { editor } = found.cell;
        editor.replaceSelection?.(own ? variable.name : `${other}.${variable.name}`);
        editor.focus();
      }
    },
    input: variable => {
      const found = current();
      if (!found || found.language === variable.language) {
        return;
      }
      const shared = sharedCell(found.cell);
      const { word } = parseCell(shared.getSource(), found.fallback);
      const option = ` -i ${variable.name}`;
      if (word) {
        shared.updateSource(word.to, word.to, option);
      } else {
        shared.updateSource(0, 0, `%${found.language}${option}\n`);
      }
    }
  };
}
