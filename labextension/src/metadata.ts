/**
 * What a notebook's file tells others about the language of its cells.
 *
 * nbconvert colours a cell by `magics_language`, VS Code by `vscode.languageId`. The same rule is in
 * python/polyglot_shim/notebooks/colour.py, for notebooks that were made elsewhere.
 */

import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import { type LanguageName, parseCell } from './marker.js';

const NAMES: unknown[] = ['julia', 'python'];

/** Write what is new, and nothing where all is right: a notebook is not changed by being looked at. */
export function keepMetadata(notebook: ISharedNotebook, fallback: LanguageName): void {
  for (const cell of notebook.cells) {
    keepCellMetadata(cell, fallback);
  }
}

export function keepCellMetadata(cell: ISharedCell, fallback: LanguageName): void {
  if (cell.cell_type !== 'code') {
    return;
  }
  const { language } = parseCell(cell.getSource(), fallback);
  const wanted = language === fallback ? undefined : language;
  const magics = cell.getMetadata('magics_language');
  if (isStale(magics, wanted, language)) {
    set(cell, 'magics_language', wanted);
  }
  const { languageId, ...others } = (cell.getMetadata('vscode') ?? {}) as {
    languageId?: string;
  };
  if (isStale(languageId, wanted, language)) {
    const vscode = wanted ? { ...others, languageId: wanted } : others;
    set(cell, 'vscode', Object.keys(vscode).length ? vscode : undefined);
  }
}

/** Whether an entry is to change. What names neither language is somebody else's. */
function isStale(entry: unknown, wanted: string | undefined, language: string): boolean {
  return wanted ? entry !== wanted : NAMES.includes(entry) && entry !== language;
}

function set(cell: ISharedCell, key: string, value: string | object | undefined): void {
  if (value === undefined) {
    cell.deleteMetadata(key);
  } else {
    cell.setMetadata(key, value as string);
  }
}
