/** Giving a cell the other language, by its marker and nothing else. */

import { type LanguageName, parseCell } from './marker.js';

/** The replacement of a piece of the source. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
}

/**
 * The edit after which the cell runs in `goal`; null where it does already.
 *
 * A marker without options comes or goes with its line; one with options keeps them.
 */
export function switchEdit(
  source: string,
  fallback: LanguageName,
  goal: LanguageName
): Edit | null {
  const cell = parseCell(source, fallback);
  if (cell.language === goal) {
    return null;
  }
  if (!cell.marker || !cell.word) {
    return { from: 0, to: 0, insert: `%${goal}\n` };
  }
  const { marker, word } = cell;
  if (goal === fallback && !cell.options.length && !cell.problem) {
    const alone = source.slice(marker.to).match(/^\r?\n/)?.[0].length ?? 0;
    const removal = { from: marker.from, to: marker.to + alone, insert: '' };
    // unless what stood behind the marker would be read as one
    const rest = parseCell(apply(source, removal), fallback);
    if (!rest.marker && !rest.problem) {
      return removal;
    }
  }
  const percents = source.startsWith('%%', word.from) ? '%%' : '%';
  return { ...word, insert: percents + goal };
}

export const apply = (source: string, edit: Edit): string =>
  source.slice(0, edit.from) + edit.insert + source.slice(edit.to);
