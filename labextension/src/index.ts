/** The plugins of the extension. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Token } from '@lumino/coreutils';
import { registerLanguage } from './editors.js';
import { SWITCH, activateNotebooks } from './notebook-plugin.js';
import { NotebookLanguages } from './notebooks.js';
import { activateVariables } from './variables/plugin.js';

const INotebookLanguages = new Token<NotebookLanguages>(
  'polyglot-kernel:INotebookLanguages',
  'The default languages of the open notebooks.'
);

const colours: JupyterFrontEndPlugin<NotebookLanguages> = {
  id: 'polyglot-kernel:colours',
  description: "Colours each cell by its own language's rules.",
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  provides: INotebookLanguages,
  activate: (
    app: JupyterFrontEnd,
    editors: IEditorExtensionRegistry
  ): NotebookLanguages => {
    const notebooks = new NotebookLanguages(app.serviceManager.kernelspecs);
    registerLanguage(editors, notebooks);
    return notebooks;
  }
};

const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'polyglot-kernel:notebooks',
  description: "Tells and switches the language of a notebook's cells.",
  autoStart: true,
  requires: [INotebookTracker, INotebookLanguages],
  optional: [ISettingRegistry, ICommandPalette],
  activate: async (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    notebooks: NotebookLanguages,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null
  ): Promise<void> => {
    const settings = registry?.load(notebookPlugin.id).catch(() => null) ?? null;
    activateNotebooks(app, tracker, notebooks, await settings);
    palette?.addItem({ command: SWITCH, category: 'Julia and Python' });
  }
};

const variables: JupyterFrontEndPlugin<void> = {
  id: 'polyglot-kernel:variables',
  description: 'The variables of both languages in the side bar.',
  autoStart: true,
  requires: [INotebookTracker, INotebookLanguages, IRenderMimeRegistry],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: activateVariables
};

export default [colours, notebookPlugin, variables];
