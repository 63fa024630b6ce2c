/**
 * What a notebook's file tells others about the language of its cells.
 *
 * nbconvert colours a cell by `magics_language`, VS Code by `vscode.languageId`. The same rule is in
 * python/polyglot_shim/notebooks/colour.py, for notebooks that were made elsewhere.
 *
 * nbconvert looks at `magics_language` only where the notebook's own lexer is one of IPython's. So a
 * notebook in both languages gets that, and in one of Julia all cells then say what they are.
 */

import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import { type LanguageName, parseCell } from './marker.js';

const NAMES: unknown[] = ['julia', 'python'];
/** What nbconvert takes where a notebook names no lexer. */
const LEXER = 'ipython3';

/** Write what is new, and nothing where all is right: a notebook is not changed by being looked at. */
export function keepMetadata(notebook: ISharedNotebook, fallback: LanguageName): void {
  const isMixed = notebook.cells.some(
    cell => cell.cell_type === 'code' && languageIn(cell, fallback) !== fallback
  );
  if (isMixed && !hasIPythonsLexer(notebook)) {
    const info = notebook.getMetadata('language_info') as { name: string };
    notebook.setMetadata('language_info', { ...info, pygments_lexer: LEXER });
  }
  for (const cell of notebook.cells) {
    keepCellMetadata(cell, notebook, fallback);
  }
}

export function keepCellMetadata(
  cell: ISharedCell,
  notebook: ISharedNotebook,
  fallback: LanguageName
): void {
  if (cell.cell_type !== 'code') {
    return;
  }
  const language = languageIn(cell, fallback);
  const other = language === fallback ? undefined : language;
  // IPython's lexer takes what says nothing for Python
  const allSay = fallback !== 'python' && hasIPythonsLexer(notebook);
  const magics = allSay ? language : other;
  if (isStale(cell.getMetadata('magics_language'), magics, language)) {
    set(cell, 'magics_language', magics);
  }
  const { languageId, ...others } = (cell.getMetadata('vscode') ?? {}) as {
    languageId?: string;
  };
  if (isStale(languageId, other, language)) {
    const vscode = other ? { ...others, languageId: other } : others;
    set(cell, 'vscode', Object.keys(vscode).length ? vscode : undefined);
  }
}

const languageIn = (cell: ISharedCell, fallback: LanguageName): LanguageName =>
  parseCell(cell.getSource(), fallback).language;

/** Whether the lexer that nbconvert has for the notebook lets its cells be in another language. */
function hasIPythonsLexer(notebook: ISharedNotebook): boolean {
  const { language_info: info } = notebook.getMetadata();
  const { pygments_lexer, name } = (info ?? {}) as { pygments_lexer?: string; name?: string };
  return (pygments_lexer || name || LEXER).startsWith('ipython');
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
